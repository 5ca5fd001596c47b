"""A visit of several departments at once: whom each sent, what is its to check, what it found.

Each fills in a list of its own; the leader sees all of them and sends one back or confirms them.
What was sent back stays in the record: only the last word of a department counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.case import Case
from engine.succession import SENT, STANDS_IN

LISTS = "checklists"  # the task that asks every department for its list
ASKED = "respondents"  # the party whose lists are awaited: all of them, or who has to do it again
ALLOTTED = "allotted_items"  # which items of the task each department checks
IS_JOINT = "joint_visit"
# what the leader says of the lists: decided anew each time, never filled in from the last time
REVIEWED = ("lists_decision", "returned_departments", "return_reason")
LISTED = "item_results"  # a row per item, as the visit of one department says it as well
CHOSEN = "list_disposition"  # how a department deals with what it found itself
NOTED = "list_disposition_note"

Row = dict[str, Any]


def departments(case: Case) -> tuple[str, ...]:
    """Return the departments that sent somebody, the leading one first."""
    sent = (name.removeprefix(SENT) for name in case.parties if name.startswith(SENT))
    leads = case.parties.get("lead", ())
    return tuple(sorted(sent, key=lambda code: (code not in leads, code)))


def officers(case: Case, department: str) -> tuple[str, ...]:
    """Return whom a department sent to this visit."""
    return case.parties.get(f"{SENT}{department}", ())


def items_of(case: Case, department: str) -> list[str]:
    """Return the items a department checks, with those of whoever handed its work over to it."""
    allotted: Iterable[Mapping[str, Any]] = case.fields.get(ALLOTTED, ())
    own = (each["items"] for each in allotted if _now(case, each["department"]) == department)
    return list(dict.fromkeys(item for items in own for item in items))


def lists(case: Case) -> tuple[Mapping[str, Any], ...]:
    """Return the list that counts of each department, in the order they were handed in."""
    said: dict[str, Mapping[str, Any]] = {}
    for answer in case.fields.get(f"{LISTS}_answers", ()):
        department = answer["department"]
        gone = [code for code in said if department in (code, _now(case, code))]
        said = {code: each for code, each in said.items() if code not in gone}
        said[department] = answer
    return tuple(said.values())


def rows(case: Case) -> list[Row]:
    """Return every row of every list that counts, each with its department.

    What proves a finding stays in the list: these rows are served and published."""
    return [
        {"department": each["department"], **_without(row, "evidence")}
        for each in sorted(lists(case), key=lambda each: _place(case, each["department"]))
        for row in each.get(LISTED, ())
    ]


def chosen(case: Case) -> list[Row]:
    """Return how each department deals with what it found, of those that have said so."""
    return [
        {
            "department": each["department"],
            "disposition": each[CHOSEN],
            **({"note": each[NOTED]} if each.get(NOTED) else {}),
        }
        for each in sorted(lists(case), key=lambda each: _place(case, each["department"]))
        if each.get(CHOSEN)
    ]


def told_by(case: Case, department: str) -> str:
    """Return what one department wrote of the visit, without the words of the others."""
    own = (each for each in lists(case) if each["department"] == department)
    return next((str(each["findings"]) for each in own if each.get("findings")), "")


def lacking(case: Case) -> Iterator[tuple[str, list[str]]]:
    """Yield each department whose list leaves items open, with these items."""
    told = rows(case)
    for department in departments(case):
        own = [row for row in told if _now(case, row["department"]) == department]
        open_items = unanswered(items_of(case, department), own)
        if open_items or not own:
            yield department, open_items


def unanswered(items: Iterable[str], told: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the items that no row gives a result or a cause for not looking."""
    answered = {row.get("item") for row in told if row.get("codes") or row.get("causes")}
    return [item for item in items if item not in answered]


def allot(
    items: Sequence[str],
    owners: Mapping[str, tuple[str, Sequence[str]]],
    sent: Sequence[str],
) -> list[dict[str, Any]]:
    """Return which items each department that goes is to check; `sent` begins with who leads.

    Its own, and those the list names it a partner of (配合部门). One to whom the list gives nothing
    looks at all of them; an item that nobody who goes owns is the leading department's."""
    allotted: dict[str, list[str]] = {code: [] for code in sent}
    for item in items:
        owner, partners = owners.get(item, ("", ()))
        named = [code for code in sent if code == owner or code in partners]
        if owner not in sent and sent:
            named = [sent[0], *(code for code in named if code != sent[0])]
        for code in named:
            allotted[code].append(item)
    return [{"department": code, "items": own or list(items)} for code, own in allotted.items()]


def _without(row: Mapping[str, Any], column: str) -> Row:
    return {name: said for name, said in row.items() if name != column}


def _now(case: Case, department: str) -> str:
    """Return who answers for a department today."""
    return next(iter(case.parties.get(f"{STANDS_IN}{department}", ())), department)


def _place(case: Case, department: str) -> int:
    known = departments(case)
    now = _now(case, department)
    return known.index(now) if now in known else len(known)
