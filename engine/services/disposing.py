"""What several departments found on one visit: each follows up its own, whatever the others do.

One visit, one conclusion, one notice; but who found a problem puts it right, opens a case, or hands
it over, in a case of its own (谁检查、谁处置).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine import joint
from engine.bindings import Binding, Outcome, Settling, register
from engine.case import Case
from engine.events import Fields, Parties
from engine.services.children import below

# a disposition of the common vocabulary, and the case that it opens
OPENS = {
    "责令改正": ("rectification", "责令改正"),
    "本部门立案": ("own_case", "立案"),
    "移送": ("transfer", "移送"),
}
HANDED_OVER = "移送"

Chosen = tuple[str, str, str]  # whose, how, and what it says of it


def open_each(settling: Settling) -> Outcome:
    """Open the case of each department; a suspected crime was handed over before the notice."""
    is_crime = bool(settling.fields.get("suspected_crime"))
    return Outcome(
        messages=tuple(
            _opened(settling, each)
            for each in followed_up(settling.case)
            if not (is_crime and each[1] == HANDED_OVER)
        )
    )


def hand_over(settling: Settling) -> Outcome:
    """Open a transfer for each department that hands its finding over, at once."""
    handing = [each for each in followed_up(settling.case) if each[1] == HANDED_OVER]
    return Outcome(messages=tuple(_opened(settling, each) for each in handing))


def followed_up(case: Case) -> Iterator[Chosen]:
    """Yield what each department does; what the leader decided and nobody chose is the lead's."""
    chosen = case.fields.get("department_dispositions", ())
    for row in chosen:
        if row["disposition"] in OPENS:
            yield row["department"], row["disposition"], row.get("note", "")
    decided = str(case.fields.get("disposition", ""))
    if decided in OPENS and decided not in {row["disposition"] for row in chosen}:
        for department in case.parties.get("department", ()):
            yield department, decided, ""


def _opened(settling: Settling, chosen: Chosen) -> Fields:
    department, disposition, note = chosen
    process, name = OPENS[disposition]
    own = {
        "findings": joint.told_by(settling.case, department),
        "disposition_note": note or settling.fields.get("disposition_note"),
    }
    told = {field: said for field, said in own.items() if said}
    parties = _handed_to(settling.case, department)
    return below(settling, process, name, parties, whose=department, told=told)


def _handed_to(case: Case, department: str) -> Parties:
    """Return the parties of a department's own case: it leads, its officers look again."""
    sent = joint.officers(case, department)
    others = [code for code in joint.departments(case) if code != department]
    own = {"leader": sent[:1], "team": sent} if sent else {}
    return {
        **case.parties,
        "lead": (department,),
        "department": (department,),
        "participants": tuple(others),
        **own,
    }


register(
    {
        "dispositions.open": Binding(settle=open_each),
        "dispositions.transfer": Binding(settle=hand_over),
    }
)
