"""Who can be drawn and who goes: items, load, recusals, carriers, ranges, joint registries."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine import bundle
from engine.commands import SYSTEM, OpenCase
from engine.draw import frame
from engine.draw.teams import Inspector as Drawable
from engine.errors import FormInvalid
from engine.registry.types import Carrier, Inspector, RegistryKind, Subject
from engine.store import registry, tables
from engine.store.tables.registry import registry_inspectors, registry_subjects
from tests.engine import chains
from tests.engine.office import Office, payloads


def until(office: Office, task: UUID, element: str, **wishes: dict[str, Any]) -> UUID:
    """Do what waits until a task of the diagram is open, with what the test wants said."""
    for _ in range(40):
        waiting = [slot for slot, offer in office.case(task).offers.items() if not offer.missing]
        if (element, "") in waiting:
            return task
        name, key = waiting[0]
        office.do(task, name, key=key, **wishes.get(name, {}))
    raise AssertionError(office.open_tasks(task))


def rows(office: Office, task: UUID, what: str = "frame") -> list[frame.Row]:
    content = office.engine.shelf.fetch(office.case(task).fields[what]["file"])
    return list(frame.rows(content.splitlines(keepends=True)))


def pool(office: Office, task: UUID) -> Iterator[Drawable]:
    for row in rows(office, task, "pool"):
        if not row.codes:
            yield Drawable.read(row.unit, row.stratum, row.flags)


def artefact(office: Office, case_id: UUID, name: str) -> Any:
    return json.loads(office.engine.shelf.fetch(office.case(case_id).fields[name]))


def frozen(office: Office, jurisdiction: str = "chaoyang", **wishes: dict[str, Any]) -> UUID:
    task = chains.task(office, chains.approved_plan(office, jurisdiction), jurisdiction)
    return until(office, task, "record", **wishes)


# ---------------------------------------------------------------- inspectors


def test_only_who_is_entered_for_the_items_of_the_task_is_drawn(sqlite_office: Office) -> None:
    task = frozen(sqlite_office)
    own = [person for person in pool(sqlite_office, task) if person.department == "samr"]
    assert own
    assert all(person.items == frozenset(chains.ITEMS["chaoyang"]) for person in own)
    left_out = [row for row in rows(sqlite_office, task, "pool") if "人员对应事项" in row.codes]
    assert all(row.stratum == "samr" for row in left_out), "the items are those of one department"
    manifest = artefact(sqlite_office, task, "manifest_hash")
    assert manifest["assignment"]["items"] == chains.ITEMS["chaoyang"]


def test_earlier_visits_are_counted_as_load(sqlite_office: Office) -> None:
    office = sqlite_office
    first = chains.drawn_task(office)
    sent: dict[str, int] = {}
    for visit in office.children(first, "inspection"):
        for person in office.case(visit).parties["team"]:
            sent[person] = sent.get(person, 0) + 1
    second = frozen(office)
    load = {person.inspector: person.load for person in pool(office, second)}
    assert {name: number for name, number in load.items() if number} == {
        name: number for name, number in sent.items() if name in load
    }


def test_a_declared_relation_is_frozen_and_never_paired(office: Office) -> None:
    first = chains.drawn_task(office)
    visit = office.children(first, "inspection")[0]
    subject = office.case(visit).fields["subject_id"]
    declaration = declared(office, subject, "CY-SAMR-001", by="cy-samr-1")
    task = frozen(office)
    fields = office.case(task).fields
    listed = json.loads(office.engine.shelf.fetch(fields["recusals"]))
    assert listed["pairs"] == [[subject, "CY-SAMR-001"]]
    manifest = artefact(office, task, "manifest_hash")
    assert manifest["assignment"]["recusals"] == fields["recusals_commitment"] != ""
    said = b"".join(record.body for record in office.records(declaration)).decode()
    assert subject not in said, "who is avoided stands outside the history"
    until(office, task, "receipt")
    assert office.audit(task).is_clean
    matched = artefact(office, task, "matching")
    teams = {team["team"]: team["members"] for team in matched["teams"]}
    for pair in matched["pairs"]:
        unit, _, team = pair.rpartition("|")
        assert (unit, "CY-SAMR-001") not in {(subject, member) for member in teams[team]}


def test_an_officer_is_known_by_certificate_and_a_subject_however_it_is_spaced(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    with office.engine.store.read() as connection:
        row = registry.find(connection, "chaoyang", RegistryKind.INSPECTORS, "CY-SAMR-001")
    assert isinstance(row, Inspector)
    declared(office, "91220104xy000000aa", row.certificate_no, by="cy-samr-steward")
    with office.engine.store.read() as connection:
        (kept,) = connection.execute(select(tables.recusals)).all()
    assert (kept.inspector_id, kept.unit_id) == ("CY-SAMR-001", "91220104XY000000AA")


def test_an_outside_auditor_confirms_the_pairing_without_the_confidential_list(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    first = chains.drawn_task(office)
    visits = [office.case(visit) for visit in office.children(first, "inspection")]
    officers = dict.fromkeys(person for visit in visits for person in visit.parties["team"])
    for officer in officers:
        declared(office, visits[0].fields["subject_id"], officer, by="cy-samr-1")
    whole: dict[str, Any] = {
        "full_coverage": True,
        "full_coverage_ground_given": True,
        "item_class": "重点",
    }
    task = chains.task(office, chains.approved_plan(office), **whole)
    until(office, task, "receipt", strategy={"object_method": "全覆盖"})
    matched = artefact(office, task, "matching")
    assert any(visit["barred"] for visit in matched["visits"].values())
    packed = bundle.pack(office.records(task), office.engine.shelf.get(office.version(task)))
    kept = office.case(task).fields["recusals"].removeprefix("confidential:")
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        assert f"files/{kept}" not in files.namelist()
    assert bundle.audit_file(packed).is_clean


def declared(office: Office, subject: str, officer: str, *, by: str) -> UUID:
    case_id = office.open("recusal", by=by, lead="samr", title="回避申报")
    office.do(
        case_id,
        "declare",
        by=by,
        recused_inspector=officer,
        recused_unit=subject,
        recusal_relation="近亲属",
    )
    return case_id


def test_a_relation_the_head_finds_harmless_is_lifted(sqlite_office: Office) -> None:
    office = sqlite_office
    declaration = declared(office, "911100000000000000", "CY-SAMR-002", by="cy-samr-steward")
    office.do(
        declaration, "decide", recusal_decision="无须回避", recusal_opinion="已离职多年，没有往来"
    )
    assert office.case(declaration).is_closed
    assert office.case(frozen(office)).fields["recusals"] == ""


# ---------------------------------------------------------------- what cannot be decided


def test_a_frame_with_unknowns_is_not_frozen_and_says_who_lacks_what(office: Office) -> None:
    visits = visited_twice(office)
    with office.engine.store.write() as connection:
        connection.execute(
            update(registry_subjects)
            .where(registry_subjects.c.subject_id.in_(visits))
            .values(
                risk_tier="A",
                repeated_complaints=None,
                key_industry="其他行业",
                abnormal_listed=False,
                serious_violation=False,
                key_grounds=(),
            )
        )
    task = chains.task(office, chains.approved_plan(office, "panjin"), "panjin")
    for _ in range(12):
        if office.case(task).turns.get("strategy") == 2:
            break
        name, key = next(iter(office.open_tasks(task)))
        office.do(task, name, key=key)
    told = office.case(task).fields["undecided_text"]
    assert "频次上限" in told
    assert "多次被投诉举报" in told
    assert any(subject in told for subject in visits)
    assert not payloads(office.records(task), "frame-frozen")


def visited_twice(office: Office) -> list[str]:
    """Return subjects of Panjin that the year has already sent somebody to twice."""
    with office.engine.store.read() as connection:
        subjects = [
            row.subject_id
            for row in registry.current(connection, "panjin", RegistryKind.SUBJECTS)
            if isinstance(row, Subject)
            and row.status.value == "存续"
            and {"samr", "fire"} <= set(row.regulators)
        ][:3]
    for subject in subjects * 2:
        office.engine.handle(
            OpenCase(
                case_id=office.hand.new_id(),
                actor=SYSTEM,
                process="inspection",
                jurisdiction="panjin",
                title="检查",
                parties={"lead": ("samr",), "department": ("samr",)},
                fields={"subject_id": subject, "items": ["PJ-SAMR-01"]},
            )
        )
    return subjects


def test_an_inspector_of_unknown_level_is_not_guessed(sqlite_office: Office) -> None:
    office = sqlite_office
    with office.engine.store.write() as connection:
        connection.execute(
            update(registry_inspectors)
            .where(registry_inspectors.c.inspector_id == "PJ-FIRE-001")
            .values(level="")
        )
    task = chains.task(office, chains.approved_plan(office, "panjin"), "panjin")
    for _ in range(12):
        if office.case(task).turns.get("strategy") == 2:
            break
        name, key = next(iter(office.open_tasks(task)))
        office.do(task, name, key=key)
    assert "PJ-FIRE-001" in office.case(task).fields["undecided_text"]


def test_winners_that_are_not_yet_handed_out_count_for_the_next_freeze(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    first = until(
        office, chains.task(office, chains.approved_plan(office), items=["CY-SAMR-01"]), "receipt"
    )
    drawn = [line.rpartition("|")[2] for line in artefact(office, first, "draw")["winners"]]
    assert not office.children(first, "inspection")
    second = frozen(office)
    codes = {row.unit: row.codes for row in rows(office, second)}
    assert all("重复检查排除" in codes[unit] for unit in drawn)
    snapshot = office.case(second).fields["counter_snapshot"]
    assert snapshot.startswith(f"{office.case(second).fields['registry_batch']}-")


# ---------------------------------------------------------------- what is drawn


def test_a_range_of_the_strategy_leaves_out_with_a_code_of_its_own(office: Office) -> None:
    narrowed = {"subject_filter": "监管对象的主体种类 为 企业"}
    task = frozen(office, strategy=narrowed)
    with office.engine.store.read() as connection:
        found = registry.find_many(
            connection,
            "chaoyang",
            RegistryKind.SUBJECTS,
            [row.unit for row in rows(office, task)],
        )
    for row in rows(office, task):
        subject = found[row.unit]
        assert isinstance(subject, Subject)
        assert ("策略范围以外" in row.codes) == (subject.kind.value != "企业")
    grounds = {entry["rule"]: entry for entry in office.case(task).fields["exclusion_grounds"]}
    assert grounds["策略范围以外"]["clauses"] == []
    assert grounds["对象可抽"]["clauses"], "every rule says on which clause it rests"


def test_a_range_that_is_no_condition_is_refused_with_what_is_wrong(sqlite_office: Office) -> None:
    task = chains.task(sqlite_office, chains.approved_plan(sqlite_office))
    with pytest.raises(FormInvalid, match="对象范围"):
        sqlite_office.do(task, "strategy", subject_filter="企业而且很大")


def test_a_joint_registry_is_a_union_of_two_or_an_intersection_of_all(
    sqlite_office: Office,
) -> None:
    office, plan = sqlite_office, chains.approved_plan(sqlite_office)
    found_by: dict[bool, set[str]] = {}
    for union in (True, False):
        task = chains.task(office, plan, participants=["fire", "emergency"])
        until(office, task, "record", strategy={"joint_registry_union": union})
        found_by[union] = {row.unit for row in rows(office, task)}
    both, every = found_by[True], found_by[False]
    with office.engine.store.read() as connection:
        found = registry.find_many(connection, "chaoyang", RegistryKind.SUBJECTS, sorted(both))
    departments = {"samr", "fire", "emergency"}
    assert every < both
    for unit, subject in found.items():
        assert isinstance(subject, Subject)
        shared = departments & set(subject.regulators)
        assert "samr" in shared
        assert len(shared) >= 2
        assert (unit in every) == (shared == departments)


def test_a_carrier_is_drawn_and_its_subject_is_visited(office: Office) -> None:
    wishes: dict[str, Any] = {"draw_unit": "行为载体", "carrier_types": ["场所"]}
    task = chains.task(office, chains.approved_plan(office))
    until(office, task, "receipt", strategy=wishes)
    office.do(task, "receipt")
    assert artefact(office, task, "manifest_hash")["unit"] == "carrier"
    visits = office.children(task, "inspection")
    assert visits
    for visit in visits:
        case = office.case(visit)
        with office.engine.store.read() as connection:
            row = registry.find(
                connection, "chaoyang", RegistryKind.CARRIERS, case.fields["unit_id"]
            )
        assert isinstance(row, Carrier)
        assert row.carrier_type.value == "场所"
        assert case.fields["subject_id"] in row.subjects
        assert case.fields["carrier_name"] == row.name
        assert row.name in case.title
    with office.engine.store.read() as connection:
        about = select(tables.cases.c.subject_id).where(tables.cases.c.case_id == visits[0])
        assert connection.execute(about).scalar_one() == office.case(visits[0]).fields["subject_id"]
    assert all(audit.is_clean for audit in office.audit_all())


def test_everyone_visited_leaves_the_time_to_chance(sqlite_office: Office) -> None:
    office = sqlite_office
    whole: dict[str, Any] = {"full_coverage": True, "full_coverage_ground_given": True}
    task = chains.task(office, chains.approved_plan(office), **whole)
    until(office, task, "receipt", strategy={"object_method": "全覆盖"})
    office.do(task, "receipt")
    weeks = {
        office.case(visit).fields["random_time"] for visit in office.children(task, "inspection")
    }
    assert len(weeks) > 1, "not everybody in the same week"


def test_a_named_dimension_is_drawn_from_the_listed_options(sqlite_office: Office) -> None:
    office = sqlite_office
    wishes: dict[str, Any] = {
        "random_dimensions_chosen": ["检查区域", "检查内容"],
        "area_options": ["厨房", "库房", "大堂"],
    }
    task = chains.task(office, chains.approved_plan(office))
    until(office, task, "receipt", strategy=wishes)
    office.do(task, "receipt")
    for visit in office.children(task, "inspection"):
        fields = office.case(visit).fields
        assert fields["random_area"] in wishes["area_options"]
        assert fields["random_content"] in chains.ITEMS["chaoyang"]
        assert "random_time" not in fields


def test_an_ordinary_draw_binds_no_visit_to_a_week(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    visit = sqlite_office.children(task, "inspection")[0]
    assert "random_time" not in sqlite_office.case(visit).fields


def test_the_minutes_say_who_was_left_out_by_which_clause_and_what_else_was_drawn(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    task = chains.task(office, chains.approved_plan(office))
    until(office, task, "receipt", strategy={"random_dimensions_chosen": ["检查时间"]})
    page = office.engine.shelf.fetch(office.case(task).fields["draw_record_document"]).decode()
    assert "登记状态不是存续" in page
    assert "CY2021 第三（五）条" in page
    assert "检查时间：" in page
