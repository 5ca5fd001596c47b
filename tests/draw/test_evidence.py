"""Evidence can be checked by anybody, and one altered byte anywhere is found and named."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.draw import beacon, evidence, frame, verify
from engine.draw.manifest import Method
from engine.draw.refusals import ManifestProblem
from engine.draw.sizes import SmallBase, census
from tests.draw import example

DRAWN = example.task()
RESULT = DRAWN.objects()
UNIT = min(line.rpartition("|")[2] for line in RESULT["winners"])
FOLDER_FILES = ("evidence.json", "list.txt", "pool.txt")


def arguments(task: example.Task) -> dict[str, Any]:
    return {
        "lines": frame.Lines(task.listing),
        "reveals": [entry.document() for entry in task.reveals],
        "beacon": task.random_value.document() if task.random_value else None,
    }


def publish(task: example.Task, folder: Path, **extra: Any) -> Path:
    """Write evidence.json and its list files as the engine does."""
    result = task.objects()
    paired = task.inspectors(result) if task.manifest.assignment else None
    document = evidence.build(
        task.manifest.document(),
        result,
        **arguments(task),
        matching=paired,
        pool=frame.Lines(task.pool),
        **extra,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "list.txt").write_bytes(task.listing)
    (folder / "pool.txt").write_bytes(task.pool)
    path = folder / "evidence.json"
    path.write_bytes(evidence.encode(document))
    return path


def found(path: Path, published: str | None = None) -> list[verify.Problem]:
    return verify.verify(path, published)[0].problems


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(DRAWN, tmp_path_factory.mktemp("honest")).parent


def test_honest_evidence_fits_and_says_what_was_checked(
    honest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main([str(honest / "evidence.json")]) == 0
    said = capsys.readouterr().out
    assert DRAWN.manifest.hash in said
    assert RESULT["digest"] in said
    assert "全部相符" in said
    assert "Everything fits" in said
    assert "演示" not in said


def test_the_verifier_stands_alone_when_copied(honest: Path, tmp_path: Path) -> None:
    for name in FOLDER_FILES:
        shutil.copy(honest / name, tmp_path)
    program = shutil.copy(verify.__file__, tmp_path)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", program, "evidence.json", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["problems"] == []


def changed_paths(before: Any, after: Any) -> set[str]:
    """The values of a document that differ, by path; digests are named by what they cover."""
    one, two = dict(verify.leaves(before)), dict(verify.leaves(after))
    return {
        path.removeprefix("/digests/").replace("~1", "/") if path.startswith("/digests/") else path
        for path in set(one) | set(two)
        if json.dumps(one.get(path, "none")) != json.dumps(two.get(path, "none"))
    }


def is_named(problems: list[verify.Problem], before: bytes, after: bytes, name: str) -> bool:
    places = [problem.where for problem in problems]
    if name != "evidence.json":
        return any(where.startswith(name) for where in places)
    try:
        changed = changed_paths(json.loads(before), json.loads(after))
    except ValueError:
        return any(where.startswith(("byte ", "number")) for where in places)
    byte = any(where.startswith("byte ") for where in places)
    renamed = "/digests" in places and "digests" not in json.loads(after)
    return byte or renamed or any(where == path for where in places for path in changed)


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_one_altered_byte_anywhere_is_found_and_named(
    honest: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(FOLDER_FILES))
    content = (honest / name).read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[at]))
    altered = content[:at] + bytes([byte]) + content[at + 1 :]
    assert_found(honest, tmp_path_factory.mktemp("altered"), name, content, altered)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_one_altered_byte_of_a_receipt_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = evidence.encode(
        evidence.receipt(DRAWN.manifest.document(), RESULT, UNIT, **arguments(DRAWN))
    )
    at = data.draw(st.integers(0, len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != content[at]))
    altered = content[:at] + bytes([byte]) + content[at + 1 :]
    path = tmp_path_factory.mktemp("receipt") / "receipt.json"
    path.write_bytes(altered)
    problems = found(path)
    assert problems
    assert is_named(problems, content, altered, "evidence.json"), problems[:5]


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["list.txt", "pool.txt"])
def test_every_byte_of_a_list_counts_and_its_line_is_named(
    honest: Path, tmp_path: Path, name: str
) -> None:
    """Every line of both list files, one bit flipped in each of its bytes in turn."""
    content = (honest / name).read_bytes()
    for other in FOLDER_FILES:
        shutil.copy(honest / other, tmp_path)
    document = json.loads((honest / "evidence.json").read_bytes())
    listed = "list" if name == "list.txt" else "pool"
    for at in range(0, len(content), 7):
        altered = content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :]
        (tmp_path / name).write_bytes(altered)
        report = verify.Report()
        verify.check_file(document, listed, tmp_path, report)
        line = content[:at].count(b"\n") + 1
        assert f"{name} lines {line}-{line}" in [each.where for each in report.problems]


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(8))
def test_every_single_bit_change_is_found_and_named(
    honest: Path, tmp_path: Path, part: int
) -> None:
    """All over evidence.json, one bit flipped at a time."""
    content = (honest / "evidence.json").read_bytes()
    for at in range(part * 17, len(content), 136):
        altered = content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :]
        assert_found(honest, tmp_path, "evidence.json", content, altered)


@pytest.mark.parametrize("name", FOLDER_FILES)
def test_a_missing_or_an_added_byte_is_found(honest: Path, tmp_path: Path, name: str) -> None:
    content = (honest / name).read_bytes()
    for altered in (content[:-1], content + b"\n", content[: len(content) // 2], b"x" + content):
        assert_found(honest, tmp_path, name, content, altered)


def assert_found(folder: Path, copy: Path, name: str, before: bytes, after: bytes) -> None:
    for other in FOLDER_FILES:
        shutil.copy(folder / other, copy)
    (copy / name).write_bytes(after)
    problems = found(copy / "evidence.json")
    assert problems
    assert is_named(problems, before, after, name), problems[:5]


def test_an_altered_row_of_a_list_is_named_by_its_line(honest: Path, tmp_path: Path) -> None:
    for name in FOLDER_FILES:
        shutil.copy(honest / name, tmp_path)
    lines = DRAWN.listing.splitlines(keepends=True)
    lines[6] = lines[6].replace(b"|C|", b"|B|")
    (tmp_path / "list.txt").write_bytes(b"".join(lines))
    assert found(tmp_path / "evidence.json")[0].where == "list.txt lines 7-7"


def forge(honest: Path, tmp_path: Path, change: Any) -> list[verify.Problem]:
    """Alter the document and repair all its digests, as a skilled forger would."""
    for name in FOLDER_FILES:
        shutil.copy(honest / name, tmp_path)
    document = json.loads((honest / "evidence.json").read_bytes())
    del document["digests"]
    change(document)
    document["digests"] = evidence.digests(document)
    (tmp_path / "evidence.json").write_bytes(evidence.encode(document))
    return found(tmp_path / "evidence.json")


def paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of every value that the draw's arithmetic determines."""
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        if isinstance(value, dict | list) and value:
            yield from paths(value, (*path, key))
        else:
            yield (*path, key)


FREE = {  # what nobody can recompute: facts of the world, and texts beside the arithmetic
    ("note",),
    ("beacon", "entered_by"),
    ("beacon", "published"),
    ("beacon", "recorded_at"),
}


def test_a_forger_who_repairs_the_digests_is_still_found(honest: Path, tmp_path: Path) -> None:
    document = json.loads((honest / "evidence.json").read_bytes())
    del document["digests"]
    missed, shapes = [], set()
    for path in paths(document):
        shape = tuple("*" if type(step) is int else step for step in path)
        seen = shape in shapes
        shapes.add(shape)
        if seen or any(path[: len(free)] == free for free in FREE):
            continue

        def change(forged: Any, path: tuple[Any, ...] = path) -> None:
            for step in path[:-1]:
                forged = forged[step]
            value = forged[path[-1]]
            forged[path[-1]] = value + 1 if type(value) is int else "0" * 64

        if path[-1] != "name" and not forge(honest, tmp_path, change):
            missed.append(path)
    assert missed == []


def test_a_swapped_pair_is_named(honest: Path, tmp_path: Path) -> None:
    def swap(document: Any) -> None:
        pairs = document["matching"]["pairs"]
        one, two = pairs[0].split("|"), pairs[1].split("|")
        pairs[0], pairs[1] = f"{one[0]}|{two[1]}", f"{two[0]}|{one[1]}"

    assert [p.where for p in forge(honest, tmp_path, swap)] == ["/matching/pairs"]


def test_another_manifest_than_the_published_one_is_found(honest: Path) -> None:
    path = honest / "evidence.json"
    assert found(path, DRAWN.manifest.hash.upper()) == []
    assert [p.where for p in found(path, "0" * 64)] == ["--published"]


def test_a_demo_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = (beacon.demo("2026-07", at=example.AT, by=example.BY),)
    path = publish(example.task(demo=True, rounds=rounds), tmp_path)
    assert verify.main([str(path)]) == 0
    assert "演示" in capsys.readouterr().out
    assert "演示" in path.read_text()


@pytest.mark.parametrize("alg", ["sha256", "sm3"])
def test_every_kind_of_draw_checks(tmp_path: Path, alg: str) -> None:
    rows = [row for row in example.subjects(40) if row.stratum in "AB"]
    small = example.task(rows=rows, teams=0, alg=alg, policy=SmallBase.POOL)
    assert found(publish(small, tmp_path / "pool")) == []
    task = example.task(rows=rows[:3], teams=0, alg=alg)
    assert task.manifest.small_base
    assert found(publish(task, tmp_path / "small")) == []


def test_a_complete_inspection_checks_without_a_random_value(tmp_path: Path) -> None:
    _, frozen = frame.freeze(example.subjects(20))
    task = example.task(
        rows=example.subjects(20),
        teams=0,
        rounds=(),
        parties=(),
        method=Method.CENSUS,
        sizes=census(frozen.listed, frozen.eligible, ["A", "B", "C", "D"]),
    )
    assert found(publish(task, tmp_path)) == []
    with pytest.raises(ManifestProblem, match="全覆盖"):
        evidence.receipt(task.manifest.document(), task.objects(), "x", **arguments(task))


def test_a_list_file_that_should_be_there_is_asked_for(
    honest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(honest / "evidence.json", tmp_path)
    assert verify.main([str(tmp_path / "evidence.json")]) == 2
    assert "list.txt" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"[]\n", b"{}\n", b'{\n "kind": "other"\n}\n'])
def test_another_file_is_not_evidence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "evidence.json").write_bytes(content)
    assert verify.main([str(tmp_path / "evidence.json")]) == 2


def test_misuse_is_exit_two(tmp_path: Path) -> None:
    assert verify.main([]) == 2
    assert verify.main(["--what"]) == 2
    assert verify.main(["--help"]) == 0
    assert verify.main([str(tmp_path / "nothing.json")]) == 2


def test_the_report_is_also_json(honest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(honest / "evidence.json")
    assert verify.main([path, "--json", "--published", "0" * 64]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [problem["where"] for problem in said["problems"]] == ["--published"]
    assert said["checks"]
    assert said["demo"] is False


def test_a_receipt_lets_one_business_check_itself(tmp_path: Path) -> None:
    winners = {line.rpartition("|")[2] for line in RESULT["winners"]}
    excluded = "91220104MA00000003"
    for unit in (min(winners), "91220104MA00000000", excluded):
        document = evidence.receipt(DRAWN.manifest.document(), RESULT, unit, **arguments(DRAWN))
        assert document["drawn"] is (unit in winners)
        path = tmp_path / "receipt.json"
        path.write_bytes(evidence.encode(document))
        assert found(path) == []
        document["proof"]["row"] += ";key"
        del document["digests"]
        document["digests"] = evidence.digests(document)
        path.write_bytes(evidence.encode(document))
        assert "/proof/listed/path" in [problem.where for problem in found(path)]


def test_a_unit_outside_the_list_has_no_receipt() -> None:
    with pytest.raises(KeyError):
        evidence.receipt(DRAWN.manifest.document(), RESULT, "NOBODY", **arguments(DRAWN))
