"""A random path through any diagram, restarted from the database after every step.

The single most valuable test of an engine whose state is a fold: on both databases the same path
ends in the same digest, whatever is cached may vanish, and every prefix audits clean.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from engine import config
from engine.audit import commands_of
from engine.commands import SYSTEM, CompleteTask, OpenCase
from engine.errors import Refusal
from engine.store.tables import cases
from tests.engine.office import Office

STEPS = 14
WALKS = 2  # different ones through each diagram
PARTIES = {
    "lead": ("samr",),
    "department": ("samr",),
    "participants": ("fire", "health"),
    "receiver": ("tax",),
    "coordinator": ("samr",),
}
FIELDS: dict[str, Any] = {
    "lead_department": "samr",
    "subject_id": "91220104MA0000000X",
    "subject_name": "合成对象",
    "plan_year": 2026,
    "task_name": "测试任务",
    "item_class": "一般",
    "ratio": "5%",
    "task_start": "2026-03-01",
    "task_end": "2026-11-30",
    "origin": "随机抽查任务",
    "inspection_mode": "普通检查",
    "case_lead_on": "2026-03-02",
    "transfer_lead_on": "2026-03-02",
}


def diagrams() -> list[tuple[str, str]]:
    """Return (jurisdiction, process) of every shipped diagram; common ones of both cities."""
    root = config.WORKFLOWS
    found = [
        (place.parent.name, place.stem)
        for place in sorted(root.glob("*/*.bpmn"))
        if place.stem != "registry_batch"  # opened by an import with its file: tests/registry
    ]
    return [
        (city, _process(root / folder, stem))
        for folder, stem in found
        for city in (("chaoyang", "panjin") if folder == "common" else (folder,))
    ]


def _process(folder: Path, stem: str) -> str:
    text = (folder / f"{stem}.bpmn").read_text("utf-8")
    return text.split('<process id="', 1)[1].split('"', 1)[0]


def open_any(office: Office, jurisdiction: str, process: str) -> UUID:
    prefix = {"chaoyang": "CY", "panjin": "PJ"}[jurisdiction]
    items = [f"{prefix}-SAMR-01", f"{prefix}-SAMR-02"]
    people = (f"{prefix}-SAMR-001", f"{prefix}-SAMR-002")
    handled = office.engine.handle(
        OpenCase(
            case_id=office.hand.new_id(),
            actor=SYSTEM,
            process=process,
            jurisdiction=jurisdiction,
            title=f"随机路径 {process}",
            parties={
                **PARTIES,
                "leader": people[:1],
                "team": people,
                "person_concerned": people[:1],
            },
            fields={**FIELDS, "items": items, "team": list(people)},
        )
    )
    return handled.case_id


def step(office: Office, case_id: UUID, dice: random.Random) -> bool:
    """Do one random thing; False when nothing can be done."""
    case = office.case(case_id)
    waiting = sorted(slot for slot, offer in case.offers.items() if not offer.missing)
    dice.shuffle(waiting)
    due = sorted(
        (deadline.due_at, slot) for slot, deadline in case.deadlines.items() if deadline.due_at
    )
    if due and (not waiting or dice.random() < 0.25):
        moment, _ = due[0]
        office.hand.moment = max(office.hand.moment, moment)
        office.settle()
        return True
    return any(_complete(office, case_id, slot, dice) for slot in waiting)


def _complete(office: Office, case_id: UUID, slot: tuple[str, str], dice: random.Random) -> bool:
    case = office.case(case_id)
    try:
        person = office.holder(case, slot)
    except StopIteration:
        return False
    plain = office.answer(case, slot)
    for data in (_mixed(office, case_id, slot, plain, dice), plain):
        try:
            office.engine.handle(
                CompleteTask(case_id=case_id, actor=person, element=slot[0], key=slot[1], data=data)
            )
        except Refusal:
            continue
        office.settle()
        return True
    return False


def _mixed(
    office: Office, case_id: UUID, slot: tuple[str, str], plain: dict[str, Any], dice: random.Random
) -> dict[str, Any]:
    """Return the answer with choices taken at random; it may be refused."""
    case = office.case(case_id)
    form = office.engine.shelf.get(case.version).form_of(slot[0])
    if form is None:
        return {}
    choices = {
        name: dice.choice(schema["enum"])
        for name, schema in form.schema["properties"].items()
        if "enum" in schema and name in plain and dice.random() < 0.6
    }
    return office.answer(case, slot, **choices)


def forget_blobs(office: Office) -> None:
    with office.engine.store.write() as connection:
        connection.execute(update(cases).values(state=None))


@pytest.mark.parametrize("walk", range(WALKS))
@pytest.mark.parametrize(("jurisdiction", "process"), diagrams(), ids=lambda value: str(value))
def test_a_random_path_is_the_same_after_every_restart(
    sqlite_office: Office,
    postgresql_office: Office,
    jurisdiction: str,
    process: str,
    walk: int,
) -> None:
    digests: list[list[str]] = []
    for office in (sqlite_office, postgresql_office):
        dice = random.Random(f"{jurisdiction}/{process}/{walk}")
        case_id = open_any(office, jurisdiction, process)
        seen: list[str] = []
        for _ in range(STEPS):
            again = office.restarted()
            if dice.random() < 0.3:
                forget_blobs(again)
            if not step(again, case_id, dice):
                break
            seen.append(again.records(case_id)[-1].digest or "")
        digests.append(seen)
        ends = [group[-1].seq for group in commands_of(office.records(case_id))]
        dirty = [end for end in ends if not office.audit(case_id, upto=end).is_clean]
        assert not dirty, office.audit(case_id, upto=dirty[0]).discrepancies
    assert digests[0] == digests[1]


def test_two_folds_of_a_history_are_equal_and_match_the_cache(sqlite_office: Office) -> None:
    from engine import state

    case_id = open_any(sqlite_office, "chaoyang", "joint_plan")
    dice = random.Random("folds")
    for _ in range(8):
        step(sqlite_office, case_id, dice)
    first, second = sqlite_office.folded(case_id), sqlite_office.folded(case_id)
    assert state.digest(first) == state.digest(second)
    assert state.digest(sqlite_office.case(case_id)) == state.digest(first)
    assert state.dump(first) == state.dump(sqlite_office.case(case_id))
