"""The frozen list: one spelling, one order, one file, proofs for every row."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.draw import frame
from engine.draw.proofs import proof
from engine.draw.refusals import BadText, FrameProblem
from engine.log import merkle
from tests.draw import example

ids = st.text(alphabet="ABC019朝阳", min_size=1, max_size=5)
rows = st.builds(
    frame.Row,
    ids,
    st.sampled_from(["A", "低风险"]),
    st.sampled_from(["", "key", "item=SC-012;key"]),
    st.lists(st.sampled_from(["停业", "E01", "F2"]), max_size=2).map(tuple),
)
lists = st.lists(rows, unique_by=lambda row: row.unit, max_size=30)


@given(given_rows=lists)
def test_the_reference_does_not_depend_on_the_order(given_rows: list[frame.Row]) -> None:
    content, frozen = frame.freeze(given_rows)
    assert frame.freeze(given_rows[::-1]) == (content, frozen)
    assert frame.write(frame.Lines(content)) == frozen
    assert frame.Frame.read(frozen.document()) == frozen


@pytest.mark.parametrize("piece", [1, 9, 40, 1 << 16])
@pytest.mark.parametrize("end", [b"\n", b"", b"\r\n"])
def test_pieces_of_a_file_are_whole_lines(
    piece: int, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "PIECE", piece)
    content = b"A1|A||\nA2|A|a long flag indeed|\n\nA3|B\r||X" + end
    lines = frame.Lines(content)
    assert b"".join(lines.blocks()) == content
    assert all(block.endswith(b"\n") for block in list(lines.blocks())[:-1])
    assert list(lines) == list(io.BytesIO(content))
    assert list(lines) == list(lines), "it is read any number of times"


@given(given_rows=lists)
def test_counts_roots_and_exclusions_are_those_of_the_rows(given_rows: list[frame.Row]) -> None:
    content, frozen = frame.freeze(given_rows)
    ordered = sorted(given_rows, key=lambda row: row.unit.encode())
    able = [row for row in ordered if not row.codes]
    body = [row.line.rpartition(b"|")[0] for row in ordered]
    assert frozen.list_root == merkle.root(body).hex()
    assert frozen.elig_root == merkle.root(r.line.rpartition(b"|")[0] for r in able).hex()
    assert frozen.rows == len(given_rows)
    assert sum(frozen.eligible.values()) == len(able)
    assert [unit.decode() for unit, _ in frame.eligible_rows(frame.Lines(content))] == [
        row.unit for row in able
    ]
    assert [row.unit for row in frame.rows(frame.Lines(content))] == [r.unit for r in ordered]


def test_any_change_of_a_row_or_a_code_changes_the_reference() -> None:
    base = [frame.Row("A1", "A"), frame.Row("A2", "A", "key", ("E01",))]
    _, frozen = frame.freeze(base)
    reclassed = [frame.Row("A1", "B"), base[1]]
    excused = [base[0], frame.Row("A2", "A", "key", ("E02",))]
    padded = [*base, frame.Row("A3", "A")]
    assert frame.freeze(reclassed)[1].list_root != frozen.list_root
    assert frame.freeze(padded)[1].list_root != frozen.list_root
    assert frame.freeze(excused)[1].list_root == frozen.list_root
    assert frame.freeze(excused)[1].excl_hash != frozen.excl_hash


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"a1|A||\n", "规范写法"),
        (b"A 1|A||\n", "规范写法"),
        (b"A1||x|\n", "规范写法"),
        (b"A1|A|\n", "规范写法"),
        (b"A1|A||", "规范写法"),
        (b"A0|A||\n", "编号重复"),
        (b"A|A||\n", "字节顺序"),
    ],
)
def test_a_row_out_of_form_or_order_is_named_by_its_line(line: bytes, why: str) -> None:
    with pytest.raises(FrameProblem, match=f"第 2 行.*{why}"):
        frame.write([b"A0|A||\n", line])


def test_a_full_width_variant_of_an_id_is_refused() -> None:
    with pytest.raises(BadText):
        frame.write([frame.Row("Ａ1", "A").line])


def test_duplicate_ids_reject_the_freeze() -> None:
    with pytest.raises(FrameProblem, match="编号重复"):
        frame.freeze([frame.Row("A1", "A"), frame.Row("A1", "B")])


def test_streaming_in_blocks_gives_the_same_file_and_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame, "BLOCK", 64)
    given_rows = [
        frame.Row(f"U{number:07d}", "A", "", ("E01",) if number % 9 == 0 else ())
        for number in range(2 * frame.BLOCK + 11)
    ]
    out = io.BytesIO()
    streamed = frame.write((row.line for row in given_rows), out)
    assert (out.getvalue(), streamed) == frame.freeze(given_rows)
    with pytest.raises(FrameProblem, match=f"第 {2 * frame.BLOCK + 12} 行"):
        frame.write([*(row.line for row in given_rows), given_rows[-1].line])


def test_each_row_has_a_proof_in_both_trees() -> None:
    content, frozen = frame.freeze(example.subjects(50))
    for row in frame.rows(frame.Lines(content)):
        shown = proof(frame.Lines(content), row.unit)
        trees = [("listed", frozen.list_root)]
        assert (shown["eligible"] is None) == bool(row.codes)
        if not row.codes:
            trees.append(("eligible", frozen.elig_root))
        for tree, root in trees:
            place = shown[tree]
            assert merkle.included(
                merkle.leaf_hash(shown["row"].encode()),
                place["index"],
                place["size"],
                [bytes.fromhex(step) for step in place["path"]],
                bytes.fromhex(root),
            )


@given(old=lists, new=lists)
def test_the_difference_to_the_previous_freeze_is_published_by_name(
    old: list[frame.Row], new: list[frame.Row]
) -> None:
    before, after = ({r.unit: r.line for r in some} for some in (old, new))
    files = [frame.Lines(frame.freeze(some)[0]) for some in (old, new)]
    found = frame.difference(*files)
    assert set(found["added"]) == set(after) - set(before)
    assert set(found["removed"]) == set(before) - set(after)
    assert set(found["changed"]) == {u for u in set(before) & set(after) if before[u] != after[u]}
