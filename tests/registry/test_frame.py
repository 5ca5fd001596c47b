"""The rows of a draw come from the registry in id order, with every exclusion named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from engine.draw import frame
from engine.draw.refusals import FrameProblem
from engine.registry.diff import diff
from engine.registry.filters import Filters
from engine.registry.types import Carrier, RegistryKind, Subject
from engine.store import registry_batches, registry_lines, registry_lists
from engine.store.database import Store
from engine.store.registry_frame import frame_rows, survey
from engine.store.registry_lines import frame_blocks, frame_lines
from engine.store.registry_terms import columns
from engine.store.registry_units import NO_STRATA, Exclusion, FrameQuery, UnknownStratum
from engine.store.tables import metadata
from tests.registry.samples import batch, rows_of

CY = "chaoyang"
ROWS = [row for row in rows_of(RegistryKind.SUBJECTS, count=300) if isinstance(row, Subject)]
VISITED = {row.subject_id: 1 + place % 3 for place, row in enumerate(ROWS) if place % 5 == 0}
VISITS = "count.visits@snapshot"


@pytest.fixture
def conn(store_url: str) -> Iterator[Connection]:
    store = Store(store_url)
    metadata.create_all(store.engine)
    with store.write() as connection:
        registry_batches.apply_batch(connection, batch(), diff([], ROWS))
        registry_lists.put_counts(connection, CY, snapshot="s1", name="visits", counts=VISITED)
        yield connection
    store.dispose()


def closed() -> Exclusion:
    column = columns()["registry.status@frame"]
    return Exclusion(code="状态", sql=f"{column} <> :p0", params={"p0": "存续"})


def capped() -> Exclusion:
    terms = columns(counts={VISITS: "visits"})
    tier, key = terms["registry.risk_tier@frame"], terms["registry.key_subject@frame"]
    sql = f"CASE WHEN {tier} = :p0 AND {key} = 0 AND {terms[VISITS]} >= :p1 THEN 1 ELSE 0 END"
    return Exclusion(code="上限", sql=sql, params={"p0": "A", "p1": 2})


def query(**more: object) -> FrameQuery:
    base = {"exclusions": (closed(), capped()), "snapshot": "s1", "counts": {VISITS: "visits"}}
    return FrameQuery(jurisdiction=CY, batch=1, **{**base, **more})  # type: ignore[arg-type]  # forwards


def expected_codes(row: Subject) -> tuple[str, ...]:
    found = []
    if row.status != "存续":
        found.append("状态")
    if row.risk_tier == "A" and not row.key_subject and VISITED.get(row.subject_id, 0) >= 2:
        found.append("上限")
    return tuple(sorted(found))


def test_every_unit_is_listed_with_stratum_and_exclusions(conn: Connection) -> None:
    rows = list(frame.rows(frame_lines(conn, query())))
    assert [row.unit for row in rows] == [row.subject_id for row in ROWS]
    assert [row.stratum for row in rows] == [row.risk_tier for row in ROWS]
    assert [row.codes for row in rows] == [expected_codes(row) for row in ROWS]
    assert [row.flags for row in rows] == ["K" if row.key_subject else "" for row in ROWS]
    assert {code for row in rows for code in row.codes} == {"状态", "上限"}


def test_the_lines_are_a_frame_file_as_the_draw_wants_it(conn: Connection) -> None:
    frozen = frame.write(frame_lines(conn, query()))
    assert frozen.listed == Counter(row.risk_tier.value for row in ROWS)
    left = Counter(row.risk_tier.value for row in ROWS if not expected_codes(row))
    assert {name: number for name, number in frozen.eligible.items() if number} == left


def test_the_survey_says_beforehand_what_the_frame_will_hold(conn: Connection) -> None:
    found = survey(conn, query())
    frozen = frame.write(frame_lines(conn, query()))
    assert dict(found.listed) == dict(frozen.listed)
    assert dict(found.eligible) == dict(frozen.eligible)
    assert {code: number for code, number in found.excluded.items() if number} == frozen.codes
    assert found.unknown == {"状态": 0, "上限": 0}


def test_an_undecided_exclusion_is_flagged_and_counted(conn: Connection) -> None:
    unknown = Exclusion(code="不明", sql="CASE WHEN u.risk_tier = 'B' THEN NULL ELSE 0 END")
    wanted = query(exclusions=(unknown,))
    rows = {row.unit: row for row in frame.rows(frame_lines(conn, wanted))}
    doubtful = {row.subject_id for row in ROWS if row.risk_tier == "B"}
    assert {unit for unit, row in rows.items() if row.flags.endswith("?")} == doubtful
    assert all(not row.codes for row in rows.values())
    assert survey(conn, wanted).unknown == {"不明": len(doubtful)}


def test_a_boolean_answer_of_postgresql_counts_as_one_and_nought(conn: Connection) -> None:
    plain = Exclusion(code="状态", sql="u.status <> '存续'")
    rows = list(frame_rows(conn, query(exclusions=(plain,)), "name", "district"))
    assert [row[2] for row in rows] == ["状态" if r.status != "存续" else None for r in ROWS]
    assert [row[3] for row in rows] == [(r.name, r.district) for r in ROWS]


def test_a_filter_makes_a_special_registry(conn: Connection) -> None:
    wanted = query(filters=Filters(industries=("餐饮服务",)), stratum=NO_STRATA, exclusions=())
    rows = list(frame.rows(frame_lines(conn, wanted)))
    assert [row.unit for row in rows] == [r.subject_id for r in ROWS if r.industry == "餐饮服务"]
    assert {row.stratum for row in rows} == {"全部"}
    assert [row[2] for row in frame_rows(conn, wanted)] == [None] * len(rows)


def test_a_frame_without_a_stratum_column_is_refused(conn: Connection) -> None:
    with pytest.raises(UnknownStratum, match="phone"):
        list(frame_lines(conn, query(stratum="phone")))


def test_a_later_batch_does_not_change_an_earlier_frame(conn: Connection) -> None:
    before = list(frame_lines(conn, query()))
    gone = {row.subject_id: "注销" for row in ROWS[:20]}
    registry_batches.apply_batch(conn, batch(2), diff(ROWS, ROWS[20:], removals=gone))
    assert list(frame_lines(conn, query())) == before
    after = FrameQuery(jurisdiction=CY, batch=2)
    assert len(list(frame_lines(conn, after))) == len(ROWS) - 20


def test_carriers_can_be_the_units_of_a_draw(conn: Connection) -> None:
    kind = RegistryKind.CARRIERS
    rows = [row for row in rows_of(kind, count=300) if isinstance(row, Carrier)]
    registry_batches.apply_batch(conn, batch(2, kind), diff([], rows))
    wanted = FrameQuery(jurisdiction=CY, batch=2, kind=kind, stratum="carrier_type")
    found = [(row.unit, row.stratum) for row in frame.rows(frame_lines(conn, wanted))]
    assert found == [(row.carrier_id, row.carrier_type) for row in rows]


@pytest.mark.parametrize(
    ("origin", "value"),
    [
        ("registry.regulator_count@frame", lambda row: len(row.regulators)),
        ("registry.key_subject@frame", lambda row: int(row.key_subject)),
        ("registry.abnormal_listed@frame", lambda row: int(row.abnormal_listed)),
        ("registry.key_industry@frame", lambda row: row.key_industry),
        ("registry.credit_level@frame", lambda row: row.credit_level),
        ("registry.in_general_registry@frame", lambda _: 1),
    ],
)
def test_a_term_reads_the_same_in_sql_and_on_the_row(
    conn: Connection, origin: str, value: object
) -> None:
    assert callable(value)
    sql = columns()[origin]
    for row in ROWS[:3]:
        truth = Exclusion(code="T", sql=f"{sql} = :v", params={"v": value(row)})
        excluded = {line[0] for line in frame_rows(conn, query(exclusions=(truth,))) if line[2]}
        assert row.subject_id in excluded


def test_blocks_are_the_same_bytes_in_fewer_pieces(conn: Connection) -> None:
    assert b"".join(frame_blocks(conn, query())) == b"".join(frame_lines(conn, query()))


def test_however_many_pages_the_file_is_the_same(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"".join(frame_blocks(conn, query()))
    for page in (1, 7, len(ROWS)):
        monkeypatch.setattr(registry_lines, "PAGE", page)
        blocks = list(frame_blocks(conn, query()))
        assert [block.count(b"\n") for block in blocks[:-1]] == [page] * (len(blocks) - 1)
        assert b"".join(blocks) == whole


def test_a_refused_line_leaves_the_connection_free(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next page is on its way when the first is found wanting."""
    monkeypatch.setattr(registry_lines, "PAGE", 100)
    wrong = [replace(row, district="北|区" if n == 40 else "南") for n, row in enumerate(ROWS)]
    registry_batches.apply_batch(conn, batch(2), diff(ROWS, wrong))
    asked = replace(query(stratum="district"), batch=2)
    blocks = frame_blocks(conn, asked)
    with closing(blocks), pytest.raises(FrameProblem) as refused:
        frame.write_blocks(blocks)
    assert refused.value.facts["line"] == 41
    assert len(list(frame_lines(conn, query()))) == len(ROWS)


def test_a_list_of_nobody_has_no_blocks(conn: Connection) -> None:
    nobody = query(filters=Filters(industries=("没有",)))
    assert list(frame_blocks(conn, nobody)) == []


def test_a_stratum_is_written_without_spaces_and_has_a_name(conn: Connection) -> None:
    renamed = [replace(row, district=(" ", "北 区", "")[n % 3]) for n, row in enumerate(ROWS)]
    registry_batches.apply_batch(conn, batch(2), diff(ROWS, renamed))
    found = frame.rows(frame_lines(conn, replace(query(stratum="district"), batch=2)))
    assert [row.stratum for row in found] == [("未分", "北区", "未分")[n % 3] for n in range(300)]


def test_every_combination_of_answers_is_written_out(conn: Connection) -> None:
    """No rule, one, two, all three; undecided and left out at once; each with and without K."""
    answers = "CASE {} % 3 WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE NULL END"
    length, tens = "LENGTH(u.name)", "LENGTH(u.address)"
    asked = [length, tens, f"({length} + {tens})"]
    rules = [Exclusion(code=f"R{n}", sql=answers.format(sql)) for n, sql in enumerate(asked)]
    rows = {row.unit: row for row in frame.rows(frame_lines(conn, query(exclusions=(*rules,))))}
    seen = set()
    for row in ROWS:
        numbers = (len(row.name), len(row.address), len(row.name) + len(row.address))
        digits = [number % 3 for number in numbers]
        codes = tuple(f"R{place}" for place, digit in enumerate(digits) if digit == 1)
        flags = ("K" if row.key_subject else "") + ("?" if 2 in digits else "")
        found = rows[row.subject_id]
        assert (found.codes, found.flags) == (codes, flags)
        seen.add((codes, flags))
    assert len(seen) > 8
