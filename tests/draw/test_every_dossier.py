"""One altered byte is found and named in every file of every kind of draw there is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
            **self.extra,
        )
        (folder / "list.txt").write_bytes(self.task.listing)
        if self.is_matched:
            (folder / "pool.txt").write_bytes(self.task.pool)
        (folder / "evidence.json").write_bytes(evidence.encode(document))
        return folder


def _open() -> Dossier:
    return Dossier(task=example.task(options=(DAYS,)), is_matched=True)


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
    return Dossier(task=again, is_matched=manifest.assignment is not None)


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
