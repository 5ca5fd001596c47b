"""One altered byte is found and named in every file of every kind of draw there is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.draw import evidence, frame, verify
from engine.draw.manifest import Method, Mode
from engine.draw.sizes import SmallBase, census
from engine.draw.terms import Choice
from tests.draw import example
from tests.draw.test_docket import TASK as FIRST
from tests.draw.test_docket import replacing
from tests.draw.test_evidence import arguments, is_named

DAYS = Choice(dimension="检查时间", options=("2026-07-06", "2026-07-07", "2026-07-08"))
PARTIES = ("市监局", "司法局", "公证处")


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One kind of draw as it is published; `is_matched` where teams were drawn too."""

    task: example.Task
    is_matched: bool = False
    campaign: tuple[str, ...] = ()
    changes: bytes = b""
    replaced: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        result = self.task.objects(campaign=self.campaign)
        document = evidence.build(
            self.task.manifest.document(),
            result,
            **arguments(self.task),
            campaign=self.campaign,
            matching=self.task.inspectors(result) if self.is_matched else None,
            pool=frame.Lines(self.task.pool),
            changes=self.changes,
            replaced=self.replaced,
            **self.extra,
        )
        (folder / "list.txt").write_bytes(self.task.listing)
        if self.is_matched:
            (folder / "pool.txt").write_bytes(self.task.pool)
        if self.changes:
            (folder / "changes.json").write_bytes(self.changes)
        if self.replaced is not None:
            (folder / "replaced.json").write_bytes(evidence.encode(self.replaced))
        (folder / "evidence.json").write_bytes(evidence.encode(document))
        return folder


def changes_of(task: example.Task) -> bytes:
    """What the list has become since a freeze that lacked some, had others and graded one apart."""
    now = list(frame.rows(frame.Lines(task.listing)))
    gone = frame.Row("91220104MA99999999", "A")
    regraded = now[7]._replace(stratum="D" if now[7].stratum != "D" else "C")
    before, reference = frame.freeze([*now[3:7], regraded, *now[8:], gone])
    named = frame.difference(frame.Lines(before), frame.Lines(task.listing))
    return evidence.encode({"since": "CY-2026-RW-0001", "frame": reference.file, **named})


def _open() -> Dossier:
    task = example.task(options=(DAYS,))
    return Dossier(task=task, is_matched=True, changes=changes_of(task))


def _silent() -> Dossier:
    drawn = example.task()
    return Dossier(task=replace(drawn, reveals=drawn.reveals[:1]), is_matched=True)


def _sealed() -> Dossier:
    task = example.task(mode=Mode.SEALED, parties=PARTIES)
    return Dossier(task=task, is_matched=True, extra={"last_visit_ended": True})


def _campaign() -> Dossier:
    one, other = (
        example.task(task=f"CY-2026-RW-000{n}", campaign="CY-2026-LH-0001", parties=())
        for n in (1, 2)
    )
    return Dossier(task=one, is_matched=True, campaign=(one.manifest.hash, other.manifest.hash))


def _everybody() -> Dossier:
    rows = example.subjects(20)
    _, frozen = frame.freeze(rows)
    sized = census(frozen.listed, frozen.eligible, ["A", "B", "C", "D"])
    task = example.task(
        rows=rows, teams=0, rounds=(), parties=(), method=Method.CENSUS, sizes=sized
    )
    return Dossier(task=task)


def _replacement() -> Dossier:
    manifest, lines = replacing()
    value = example.thrown(manifest)
    again = replace(FIRST, manifest=manifest, listing=lines, random_value=value)
    return Dossier(
        task=again,
        is_matched=manifest.assignment is not None,
        replaced=FIRST.manifest.document(),
    )


def _impossible() -> Dossier:
    """Nobody holds the certificate that the subjects need: the witness says so."""
    rows = [row._replace(flags="item=SC-099") for row in example.subjects()]
    return Dossier(task=example.task(rows=rows), is_matched=True)


def _small() -> Dossier:
    rows = [row for row in example.subjects(40) if row.stratum in "AB"]
    return Dossier(task=example.task(rows=rows, teams=0, alg="sm3", policy=SmallBase.POOL))


KINDS: Mapping[str, Callable[[], Dossier]] = {
    "open, with a choice of days": _open,
    "a party did not reveal": _silent,
    "sealed, opened": _sealed,
    "campaign": _campaign,
    "everybody": _everybody,
    "replacement": _replacement,
    "no pairing possible": _impossible,
    "pooled strata, SM3": _small,
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {kind: make().write(tmp_path_factory.mktemp("dossier")) for kind, make in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_an_honest_dossier_fits(folders: dict[str, Path], kind: str) -> None:
    assert verify.verify(folders[kind] / "evidence.json")[0].problems == []


def test_an_impossible_pairing_is_among_them() -> None:
    task = _impossible().task
    assert task.inspectors(task.objects())["infeasible"] is not None


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_one_altered_byte_of_any_file_is_found_and_named(
    folders: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    data: st.DataObject,
) -> None:
    copy = tmp_path_factory.mktemp("altered")
    for file in folders[kind].iterdir():
        shutil.copy(file, copy)
    name = data.draw(st.sampled_from(sorted(file.name for file in copy.iterdir())))
    before = (copy / name).read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != before[at]))
    after = before[:at] + bytes([byte]) + before[at + 1 :]
    (copy / name).write_bytes(after)
    problems = verify.verify(copy / "evidence.json")[0].problems
    assert problems
    assert is_named(problems, before, after, name), problems[:5]


# ---------------------------------------------------------------- the small files beside


def _problems(folder: Path) -> list[str]:
    return [each.where for each in verify.verify(folder / "evidence.json")[0].problems]


def _forged(folders: dict[str, Path], copy: Path, kind: str, name: str, **said: Any) -> list[str]:
    """Change a file beside and let the evidence name it: its digests are as a forger makes them."""
    for file in folders[kind].iterdir():
        shutil.copy(file, copy)
    content = evidence.encode({**json.loads((copy / name).read_bytes()), **said})
    (copy / name).write_bytes(content)
    document = json.loads((copy / "evidence.json").read_bytes())
    del document["digests"]
    lines = content.splitlines(keepends=True)
    document["files"][name.partition(".")[0]] |= {
        "sha256": sha256(content).hexdigest(),
        "rows": len(lines),
        "lines_per_block": 1,
        "blocks": [sha256(line).hexdigest() for line in lines],
    }
    document["digests"] = evidence.digests(document)
    (copy / "evidence.json").write_bytes(evidence.encode(document))
    return _problems(copy)


def test_what_is_checked_beside_the_evidence_is_told_in_both_languages(
    folders: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main([str(folders["open, with a choice of days"] / "evidence.json")]) == 0
    said = capsys.readouterr().out
    assert "changes.json：与 CY-2026-RW-0001 相比新增 3、移出 1、变更 1" in said
    assert "3 added, 1 removed, 1 changed since CY-2026-RW-0001" in said
    assert verify.main([str(folders["replacement"] / "evidence.json")]) == 0
    said = capsys.readouterr().out
    assert f"所补清单 M = {FIRST.manifest.hash}，同一任务、同一名录、新的随机轮次" in said
    assert "same task, same list, a fresh round" in said


def test_an_altered_unit_of_the_changes_is_named_by_its_line(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    for file in folders["open, with a choice of days"].iterdir():
        shutil.copy(file, tmp_path)
    place = tmp_path / "changes.json"
    lines = place.read_bytes().splitlines(keepends=True)
    (at,) = [index for index, line in enumerate(lines) if b"91220104MA99999999" in line]
    lines[at] = lines[at].replace(b"99999999", b"99999998")
    place.write_bytes(b"".join(lines))
    assert f"changes.json lines {at + 1}-{at + 1}" in _problems(tmp_path)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"added": ["91220104MA99999990"]}, "changes.json /added/0"),
        ({"removed": ["91220104MA00000000"]}, "changes.json /removed/0"),
        ({"changed": ["91220104MA99999990"]}, "changes.json /changed/0"),
        ({"added": ["91220104MA00000001", "91220104MA00000000"]}, "changes.json /added"),
        ({"added": [], "changed": ["91220104MA99999999"]}, "changes.json"),
        ({"frame": "0"}, "changes.json /frame"),
        ({"more": 1}, "changes.json"),
        ({"added": 7}, "changes.json"),
    ],
)
def test_changes_that_do_not_fit_the_list_are_found_in_a_forgery(
    folders: dict[str, Path], tmp_path: Path, said: dict[str, Any], where: str
) -> None:
    kind = "open, with a choice of days"
    assert where in _forged(folders, tmp_path, kind, "changes.json", **said)


def test_a_list_that_stayed_as_it_was_has_no_changes(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    """Two tasks of one day freeze the same list; then nothing can have been added to it."""
    kind = "open, with a choice of days"
    ours = json.loads((folders[kind] / "evidence.json").read_bytes())["manifest"]["frame"]
    none: dict[str, Any] = {"added": [], "removed": [], "changed": []}
    same, claimed = tmp_path / "same", tmp_path / "claimed"
    same.mkdir()
    claimed.mkdir()
    assert _forged(folders, same, kind, "changes.json", frame=ours, **none) == []
    assert "changes.json /frame" in _forged(folders, claimed, kind, "changes.json", frame=ours)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"task": "CY-2026-RW-0008"}, "/manifest/task"),
        ({"seq": 2}, "/manifest/seq"),
        ({"list_root": "0" * 64}, "/manifest/list_root"),
        ({"strata": []}, "/manifest/replaces/lost/0"),
        ({"cutoff": "2026-07-01T00:00:01Z"}, "/manifest/replaces/manifest"),
    ],
)
def test_a_replacement_that_does_not_refer_to_its_parent_is_found(
    folders: dict[str, Path], tmp_path: Path, said: dict[str, Any], where: str
) -> None:
    assert where in _forged(folders, tmp_path, "replacement", "replaced.json", **said)


def test_a_replacement_with_a_round_of_its_parent_is_found(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    ours = json.loads((folders["replacement"] / "evidence.json").read_bytes())["manifest"]
    found = _forged(
        folders, tmp_path, "replacement", "replaced.json", beacon_rule=ours["beacon_rule"]
    )
    assert "/manifest/beacon_rule/0" in found


def test_a_file_beside_that_is_not_there_is_said_and_not_everything_fits(
    folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, name in (
        ("open, with a choice of days", "changes.json"),
        ("replacement", "replaced.json"),
    ):
        copy = tmp_path / name
        shutil.copytree(folders[kind], copy)
        (copy / name).unlink()
        assert verify.main([str(copy / "evidence.json")]) == 3
        said = capsys.readouterr().out
        assert f"{name} 不在旁边" in said
        assert "全部相符" not in said


def test_a_file_beside_that_the_evidence_does_not_name_is_to_be_compared_with_the_board(
    folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a draw made before the evidence named it."""
    copy = tmp_path / "older"
    shutil.copytree(folders["everybody"], copy)
    task = _everybody().task
    (copy / "changes.json").write_bytes(changes_of(task))
    assert verify.main([str(copy / "evidence.json")]) == 0
    assert "没有引用 changes.json" in capsys.readouterr().out
    shutil.copy(folders["replacement"] / "replaced.json", copy)
    assert "replaced.json" in _problems(copy)
