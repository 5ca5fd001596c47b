"""Synthetic registries are valid, reproducible, and pass through real files unchanged."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.history import canonical
from engine.registry import codes, records, synthetic
from engine.registry.export import csv_file, csv_lines, written
from engine.registry.parse import parse
from engine.registry.synthetic.dice import Dice
from engine.registry.types import Inspector, Item, PositionRank, RegistryKind, Subject
from rules.organisation import load as read_organisation
from tests.registry.samples import SEED, rows_of, workbook

KINDS = list(RegistryKind)
PACKS = Path(__file__).parents[2] / "rules" / "packs"


@pytest.mark.parametrize("jurisdiction", synthetic.worlds())
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_file_brings_back_the_same_rows(
    kind: RegistryKind, jurisdiction: str, encoding: str
) -> None:
    rows = rows_of(kind, jurisdiction=jurisdiction)
    parsed = parse(kind, csv_file(kind, rows, encoding=encoding), "名录.csv")
    assert list(parsed.rows) == rows
    assert parsed.is_sound


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_brings_back_the_same_rows(kind: RegistryKind) -> None:
    rows = rows_of(kind)
    parsed = parse(kind, workbook(csv_lines(kind, rows)), "名录.xlsx")
    assert list(parsed.rows) == rows


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_brings_back_the_same_row(kind: RegistryKind) -> None:
    for row in rows_of(kind):
        text = json.dumps(records.record(row))
        assert records.row(kind, json.loads(text)) == row


@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_in_a_root_are_canonical_and_hold_nothing_personal(kind: RegistryKind) -> None:
    hidden = records.personal_fields(kind)
    for row in rows_of(kind)[:20]:
        known = {name: value for name, value in records.record(row).items() if name not in hidden}
        assert records.canonical_row(row) == canonical(known)


def test_the_root_does_not_depend_on_the_order_of_the_rows() -> None:
    rows = rows_of(RegistryKind.SUBJECTS)
    assert records.root(rows) == records.root(reversed(rows))
    assert records.root(rows) != records.root(rows[1:])


@given(st.text(max_size=30))
def test_no_exported_cell_starts_a_formula(text: str) -> None:
    assert written(text)[:1] not in ("=", "+", "-", "@", "\t", "\r")


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=1, max_size=8), st.integers(1, 400))
def test_the_same_seed_gives_the_same_subjects_in_id_order(seed: str, count: int) -> None:
    place = synthetic.world("panjin")
    rows = list(synthetic.subjects(place, seed=seed, count=count))
    assert rows == list(synthetic.subjects(place, seed=seed, count=count))
    ids = [row.subject_id for row in rows]
    assert len(ids) == count
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("jurisdiction", synthetic.worlds())
def test_synthetic_subjects_are_valid_and_marked(jurisdiction: str) -> None:
    place = synthetic.world(jurisdiction)
    areas = {district.code for district in place.districts}
    for subject in synthetic.subjects(place, seed=SEED, count=2000):
        assert codes.subject_id(subject.subject_id) == subject.subject_id
        assert subject.source == "synthetic"
        assert subject.district in areas
        assert set(subject.regulators) <= set(place.inspectors)


def test_the_shares_of_tiers_and_kinds_are_plausible() -> None:
    place = synthetic.world("chaoyang")
    rows = list(synthetic.subjects(place, seed=SEED, count=4000))
    tiers = Counter(row.risk_tier.value for row in rows)
    assert set(tiers) == {"A", "B", "C", "D", "未分类"}
    assert tiers["D"] < tiers["C"] < tiers["A"]
    assert {row.kind.value for row in rows} >= {"企业", "个体工商户", "农专社", "无证无照"}
    assert 0.85 < sum(row.status.value == "存续" for row in rows) / len(rows) < 0.95
    assert any(row.key_subject for row in rows)


@pytest.mark.parametrize("jurisdiction", synthetic.worlds())
def test_every_department_can_send_two_certified_officers_and_a_leader(jurisdiction: str) -> None:
    place = synthetic.world(jurisdiction)
    found: dict[str, list[Inspector]] = {}
    for inspector in synthetic.inspectors(place, seed=SEED):
        found.setdefault(inspector.department, []).append(inspector)
    for staff in found.values():
        assert sum(bool(officer.certificate_no) for officer in staff) >= 2
        assert any(officer.position_rank is PositionRank.SECTION_HEAD for officer in staff)


def test_synthetic_items_are_complete_and_have_a_list_each() -> None:
    place = synthetic.world("chaoyang")
    items = synthetic.items(place)
    for item in items:
        assert isinstance(item, Item)
        assert all((item.basis, item.content, item.method, item.ratio, item.impl_item_code))
        assert item.full_coverage == (item.ratio == "100%") == bool(item.full_coverage_ground)
    special = [found.item_code for found in synthetic.lists(place) if found.kind == "special"]
    assert special == [item.item_code for item in items]


@pytest.mark.parametrize("jurisdiction", synthetic.worlds())
def test_there_is_a_person_for_every_role_of_the_organisation(jurisdiction: str) -> None:
    content = (PACKS / jurisdiction / "organisation.toml").read_bytes()
    organisation = read_organisation(content, "organisation.toml")
    people = synthetic.demo_people(jurisdiction, seats=synthetic.seats_of(organisation))
    held = {seat for person in people for seat in person.seats}
    for role in organisation.roles.values():
        if role.position and role.department:
            assert (role.department, role.position) in held
        elif role.position:
            assert {(code, role.position) for code in organisation.departments} <= held
    assert len({person.login for person in people}) == len(people)


def test_people_who_inspect_are_in_the_registry_of_inspectors() -> None:
    known = {
        inspector.inspector_id
        for inspector in synthetic.inspectors(synthetic.world("chaoyang"), seed="demo")
    }
    people = synthetic.demo_people("chaoyang")
    inspecting = [person for person in people if person.inspector_id]
    assert inspecting
    assert all(person.inspector_id in known for person in inspecting)


def test_an_unknown_jurisdiction_has_no_world() -> None:
    with pytest.raises(synthetic.NoSuchWorld, match="已有：chaoyang、panjin"):
        synthetic.world("atlantis")


def test_subject_types_are_subjects() -> None:
    assert all(isinstance(row, Subject) for row in rows_of(RegistryKind.SUBJECTS))


def test_a_word_of_no_weight_is_never_chosen() -> None:
    chosen = {Dice("seed", place).weighted({"甲": 1, "乙": 0, "丙": 2}) for place in range(200)}
    assert chosen == {"甲", "丙"}
