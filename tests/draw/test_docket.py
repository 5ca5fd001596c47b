"""The manifests of a task: one at a time, no gap, no second try at chance."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.draw import beacon, frame, replacement, verify
from engine.draw.docket import Docket, State
from engine.draw.manifest import Manifest, Method
from engine.draw.refusals import DrawRefusal, ManifestProblem, Redraw, WrongMoment
from engine.draw.terms import Lost, Replaces
from tests.draw import example
from tests.draw.test_evidence import publish

BEFORE, AFTER = "2026-06-30T08:00:00Z", "2026-07-01T08:00:00Z"
TASK = example.task(teams=0)
MANIFEST = TASK.manifest
VALUE = example.thrown(MANIFEST)
EMPTY = Docket(task=MANIFEST.task)
DRAFTED = EMPTY.draft()
FROZEN = DRAFTED.freeze(MANIFEST.frame)
COMMITTED = FROZEN.commit(MANIFEST, at=BEFORE)
KNOWN = COMMITTED.record(VALUE)
EXECUTED = KNOWN.execute("d" * 64)
DISCLOSED = EXECUTED.disclose()
STAGES = {
    "empty": EMPTY,
    "drafted": DRAFTED,
    "frozen": FROZEN,
    "committed": COMMITTED,
    "beacon-known": KNOWN,
    "executed": EXECUTED,
    "disclosed": DISCLOSED,
    "cancelled": COMMITTED.cancel(at=BEFORE),
    "superseded": COMMITTED.supersede(at=BEFORE),
    "void": COMMITTED.void(),
}
STEPS: dict[str, Callable[[Docket], Docket]] = {
    "draft": lambda docket: docket.draft(),
    "freeze": lambda docket: docket.freeze(MANIFEST.frame),
    "commit": lambda docket: docket.commit(MANIFEST, at=BEFORE),
    "record": lambda docket: docket.record(VALUE),
    "correct": lambda docket: docket.correct(replace(VALUE, earlier=({},))),
    "execute": lambda docket: docket.execute("e" * 64),
    "disclose": lambda docket: docket.disclose(),
    "cancel": lambda docket: docket.cancel(at=BEFORE),
    "supersede": lambda docket: docket.supersede(at=BEFORE),
    "void": lambda docket: docket.void(),
}
ALLOWED = {
    "empty": {"draft"},
    "drafted": {"freeze", "cancel", "supersede"},
    "frozen": {"commit", "cancel", "supersede"},
    "committed": {"record", "cancel", "supersede", "void"},
    "beacon-known": {"correct", "execute", "cancel", "supersede", "void"},
    "executed": {"disclose", "void"},
    "disclosed": {"void"},
    "cancelled": {"draft"},
    "superseded": {"draft"},
    "void": {"draft"},
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("stage", STAGES)
def test_every_step_from_every_state_happens_or_is_refused(stage: str, step: str) -> None:
    if step in ALLOWED[stage]:
        assert STEPS[step](STAGES[stage]) != STAGES[stage]
    else:
        with pytest.raises(DrawRefusal) as refused:
            STEPS[step](STAGES[stage])
        assert refused.value.sentence("en")


def test_the_ordinary_way_is_walked_in_order() -> None:
    states = [docket.kept[-1].state.value for docket in list(STAGES.values())[1:7]]
    assert states == list(ALLOWED)[1:7]
    assert KNOWN.live is not None
    assert EXECUTED.live is None


@pytest.mark.parametrize(
    ("docket", "step"),
    [
        (EXECUTED, "draft"),
        (DISCLOSED, "draft"),
        (EXECUTED, "execute"),
        (EXECUTED, "record"),
        (KNOWN, "record"),
        (COMMITTED, "draft"),
        (EXECUTED, "correct"),
        (EXECUTED, "cancel"),
    ],
)
def test_a_second_try_at_chance_has_legal_weight(docket: Docket, step: str) -> None:
    with pytest.raises(Redraw) as refused:
        STEPS[step](docket)
    assert refused.value.grave


@pytest.mark.parametrize("step", ["cancel", "supersede"])
def test_after_the_cut_off_nobody_withdraws_a_manifest(step: str) -> None:
    with pytest.raises(Redraw, match="截止时间已过"):
        getattr(COMMITTED, step)(at=MANIFEST.cutoff)
    assert FROZEN.cancel(at=AFTER).kept[-1].state is State.CANCELLED  # nothing was committed


def test_a_manifest_is_committed_before_its_cut_off_or_never() -> None:
    with pytest.raises(WrongMoment, match="截止于"):
        FROZEN.commit(MANIFEST, at=MANIFEST.cutoff)


def test_a_value_recorded_before_the_cut_off_is_refused() -> None:
    with pytest.raises(WrongMoment, match="尚未到截止时间"):
        COMMITTED.record(replace(VALUE, recorded_at=BEFORE))


def test_a_correction_that_hides_the_old_value_is_refused() -> None:
    with pytest.raises(Redraw, match="须保留原值"):
        KNOWN.correct(VALUE)


@pytest.mark.parametrize(
    ("field", "value"),
    [("task", "CY-2026-RW-0008"), ("seq", 2), ("frame", "0" * 64), ("supersedes", "0" * 64)],
)
def test_a_manifest_that_is_not_the_one_prepared_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ManifestProblem, match=field):
        FROZEN.commit(replace(MANIFEST, **{field: value}), at=BEFORE)


def test_cancelled_and_superseded_manifests_stay_and_the_numbers_have_no_gap() -> None:
    again = COMMITTED.supersede(at=BEFORE).draft().freeze(MANIFEST.frame)
    second = replace(MANIFEST, seq=2, supersedes=MANIFEST.hash)
    docket = again.commit(second, at=BEFORE)
    assert [(kept.seq, kept.state) for kept in docket.kept] == [
        (1, State.SUPERSEDED),
        (2, State.COMMITTED),
    ]
    with pytest.raises(ManifestProblem, match="supersedes"):
        again.commit(replace(second, supersedes=None), at=BEFORE)


def test_a_complete_inspection_executes_without_a_random_value() -> None:
    certain = replace(MANIFEST, method=Method.CENSUS, beacon_rule=(), reveal_commits=())
    docket = FROZEN.commit(certain, at=BEFORE).execute("c" * 64)
    assert docket.kept[-1].state is State.EXECUTED


# ------------------------------------------------------------------------- replacement

RESULT = TASK.objects()
WINNERS = {line.rpartition("|")[2]: line.split("|")[0] for line in RESULT["winners"]}
GONE = tuple(Lost(unit=unit, stratum=WINNERS[unit], reason="注销") for unit in sorted(WINNERS)[:3])
REASONS = frozenset({"注销", "迁出"})
LATER = (beacon.dice("CY-2026-07-09", at="2026-07-09T01:00:00Z", by="2026-07-09T09:00:00Z"),)


def replacing(lost: tuple[Lost, ...] = GONE) -> tuple[Manifest, bytes]:
    lines = b"".join(
        replacement.remaining(frame.Lines(TASK.listing), set(WINNERS), lost, reasons=REASONS)
    )
    frozen = frame.write(frame.Lines(lines))
    places = replacement.places(frozen, lost, pooled=MANIFEST.pooled)
    return replace(
        MANIFEST,
        seq=2,
        method=Method.REPLACEMENT,
        frame=frozen.file,
        list_root=frozen.list_root,
        elig_root=frozen.elig_root,
        excl_hash=frozen.excl_hash,
        strata=places.strata,
        bounds=None,
        beacon_rule=LATER,
        cutoff="2026-07-08T00:00:00Z",
        reveal_by="2026-07-08T12:00:00Z",
        replaces=Replaces(manifest=MANIFEST.hash, lost=lost),
    ), lines


def test_a_replacement_draws_the_lost_number_from_the_rest_of_the_same_list() -> None:
    manifest, lines = replacing()
    docket = EXECUTED.draft(replaces=1).freeze(manifest.frame).commit(manifest, at=AFTER)
    value = example.thrown(manifest)
    fresh = example.Task(
        manifest=manifest, listing=lines, reveals=TASK.reveals, random_value=value
    ).objects()
    drawn = {line.rpartition("|")[2] for line in fresh["winners"]}
    assert len(drawn) == 3
    assert not drawn & set(WINNERS)
    assert manifest.list_root == MANIFEST.list_root
    assert docket.record(value).execute(fresh["digest"]).kept[-1].state is State.EXECUTED
    assert Manifest.read(manifest.document()) == manifest


def test_a_replacement_is_published_and_checked_like_any_draw(tmp_path: Path) -> None:
    manifest, lines = replacing()
    task = example.Task(
        manifest=manifest,
        listing=lines,
        reveals=TASK.reveals,
        random_value=example.thrown(manifest),
    )
    assert verify.verify(publish(task, tmp_path))[0].problems == []


def test_the_substitute_is_not_simply_the_next_ticket() -> None:
    manifest, lines = replacing()
    drawn = set()
    for throw in "123456":
        text = example.DICE[:-1] + throw
        value = example.thrown(manifest, text)
        task = example.Task(
            manifest=manifest, listing=lines, reveals=TASK.reveals, random_value=value
        )
        drawn.add(tuple(task.objects()["winners"]))
    assert len(drawn) > 1


@pytest.mark.parametrize(
    "entry",
    [
        Lost(unit=GONE[0].unit, stratum=GONE[0].stratum, reason="关系户"),
        Lost(unit="91220104MA00000003", stratum="A", reason="注销"),
    ],
)
def test_only_a_winner_falls_away_and_only_for_an_objective_reason(entry: Lost) -> None:
    with pytest.raises(ManifestProblem, match=entry.unit):
        replacing((entry,))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"beacon_rule": MANIFEST.beacon_rule}, "beacon_rule"),
        ({"strata": MANIFEST.strata}, "strata"),
        ({"list_root": "0" * 64}, "list_root"),
        ({"method": Method.DRAW}, "method"),
        ({"replaces": Replaces(manifest="0" * 64, lost=GONE)}, "replaces"),
        ({"replaces": None}, "replaces"),
    ],
)
def test_a_replacement_that_is_really_a_redraw_is_refused(
    change: dict[str, Any], field: str
) -> None:
    manifest, _ = replacing()
    docket = EXECUTED.draft(replaces=1).freeze(manifest.frame)
    with pytest.raises(ManifestProblem, match=field):
        docket.commit(replace(manifest, **change), at=AFTER)


def test_nothing_can_be_replaced_before_it_is_drawn() -> None:
    cancelled = COMMITTED.cancel(at=BEFORE)
    with pytest.raises(ManifestProblem, match="没有抽取结果"):
        cancelled.draft(replaces=1)
