"""All manifests of one task, in gap-free order, and what may happen to each at what moment.

    drafted → frozen → committed → beacon-known → executed → disclosed
    cancelled | superseded   only before the cut-off; both stay public
    void                     a sealed secret that does not open

After the cut-off nobody decides anything any more: every manifest that has passed it is executed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from engine import clock
from engine.draw.instants import moment
from engine.draw.kept import CHINESE, DRAWN, LIVE, Fetch, Kept, State
from engine.draw.manifest import INSPECTOR, Manifest, Method
from engine.draw.records import BeaconRecord
from engine.draw.refusals import ManifestProblem, Redraw, WrongMoment

__all__ = ["CHINESE", "DRAWN", "LIVE", "Docket", "Kept", "State"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """The manifests of `task`; every step returns a new docket or refuses with a sentence."""

    task: str
    kept: tuple[Kept, ...] = ()

    def document(self) -> list[dict[str, Any]]:
        """Return what the task's case keeps of it: every manifest there ever was, in order."""
        return [kept.document() for kept in self.kept]

    @classmethod
    def read(cls, task: str, kept: Sequence[Mapping[str, Any]], fetch: Fetch) -> Docket:
        """Take the docket of `task` back from what its case keeps."""
        return cls(task=task, kept=tuple(Kept.read(entry, fetch) for entry in kept))

    @property
    def live(self) -> Kept | None:
        """The one manifest still under way, if any."""
        return self.kept[-1] if self.kept and self.kept[-1].state in LIVE else None

    def draft(self, *, replaces: int | None = None) -> Docket:
        """Begin the next manifest; after a draw only a replacement may follow."""
        if self.live is not None:
            _redraw(self.live, "另建清单", "another manifest", "同一任务只能有一份有效清单", "one")
        drawn = {kept.seq for kept in self.kept if kept.state in DRAWN}
        if drawn and replaces is None:
            _redraw(self.kept[-1], "重新抽取", "a re-draw", "结果不可重抽，只能补抽", "it is drawn")
        if replaces is not None and replaces not in drawn:
            raise ManifestProblem(
                field="replaces",
                why=f"第 {replaces} 号清单没有抽取结果",
                why_en=f"manifest {replaces} has not been executed",
            )
        superseded = self.kept[-1] if self.kept else None
        old = superseded.manifest if superseded and superseded.state is State.SUPERSEDED else None
        fresh = Kept(
            seq=len(self.kept) + 1, corrects=replaces, supersedes=old.hash if old else None
        )
        return replace(self, kept=(*self.kept, fresh))

    def freeze(self, frame: str) -> Docket:
        """Fix the frame by its content address; it cannot be frozen twice."""
        this = self._expect("冻结名录", "freezing", State.DRAFTED)
        return self._with(replace(this, state=State.FROZEN, frame=frame))

    def commit(self, manifest: Manifest, *, at: str) -> Docket:
        """Log the manifest: it must be the next of this task, over the frozen frame, in time."""
        this = self._expect("登记", "committing", State.FROZEN)
        self._check(this, manifest)
        if moment(at) >= moment(manifest.cutoff):
            _refuse(this, "登记", "committing", f"截止于 {manifest.cutoff}", "the cut-off passed")
        return self._with(replace(this, state=State.COMMITTED, manifest=manifest))

    def await_value(self, *, at: str) -> Manifest:
        """Return the manifest that waits for its random value; refuse a second or an early one."""
        this = self._current("录入随机值", "a beacon")
        if this.beacon is not None:
            _redraw(
                this, "再次录入随机值", "a second beacon", "随机值只有一个", "there is one value"
            )
        this = self._expect("录入随机值", "a beacon", State.COMMITTED)
        assert this.manifest is not None
        if moment(at) < moment(this.manifest.cutoff):
            cutoff = moment(this.manifest.cutoff).astimezone(clock.SHANGHAI)
            why = f"尚未到截止时间 {cutoff:%Y-%m-%d %H:%M}"
            why_en = f"it is before the cut-off, {cutoff:%Y-%m-%d %H:%M} in China"
            _refuse(this, "录入随机值", "a beacon", why, why_en)
        return this.manifest

    def record(self, value: BeaconRecord) -> Docket:
        """Take the random value: once, and only for a committed manifest."""
        self.await_value(at=value.recorded_at)
        return self._with(replace(self.kept[-1], state=State.BEACON_KNOWN, beacon=value))

    def correct(self, value: BeaconRecord) -> Docket:
        """Replace a mis-entered value; possible only before execution, the old one stays in it."""
        this = self._current("更正随机值", "a correction")
        if this.state in DRAWN:
            _redraw(this, "更正随机值", "a correction", "已经抽取", "it is drawn")
        this = self._expect("更正随机值", "a correction", State.BEACON_KNOWN)
        assert this.beacon is not None
        if len(value.earlier) != len(this.beacon.earlier) + 1:
            _redraw(this, "更正随机值", "a correction", "须保留原值", "the old value must stay")
        return self._with(replace(this, beacon=value))

    def execute(self, digest: str) -> Docket:
        """Record the result; a complete inspection without chance needs no random value."""
        this = self._current("抽取", "execution")
        if this.state in DRAWN and this.digest != digest:
            _redraw(this, "重新抽取", "a re-draw", "结果不可更换", "it is drawn")
        certain = this.manifest is not None and not this.manifest.needs_beacon
        ready = State.COMMITTED if certain else State.BEACON_KNOWN
        this = self._expect("抽取", "execution", ready)
        return self._with(replace(this, state=State.EXECUTED, digest=digest))

    def disclose(self) -> Docket:
        """Publish an executed draw."""
        this = self._expect("公示", "disclosure", State.EXECUTED)
        return self._with(replace(this, state=State.DISCLOSED))

    def cancel(self, *, at: str) -> Docket:
        """Withdraw the live manifest before its cut-off; it stays public."""
        return self._withdrawn(State.CANCELLED, at=at)

    def supersede(self, *, at: str) -> Docket:
        """Withdraw the live manifest in favour of the next one, before its cut-off."""
        return self._withdrawn(State.SUPERSEDED, at=at)

    def void(self) -> Docket:
        """Record that a sealed secret did not open: the draw is void, a fresh one may follow."""
        this = self._current("作废", "voiding")
        if this.state not in {State.COMMITTED, State.BEACON_KNOWN, *DRAWN}:
            _refuse(this, "作废", "voiding", "尚未登记", "it is not committed")
        return self._with(replace(this, state=State.VOID))

    def _withdrawn(self, state: State, *, at: str) -> Docket:
        this = self._current("撤销或替代", "withdrawal")
        if this.state not in LIVE:
            _redraw(this, "撤销或替代", "withdrawal", "已经抽取或已撤销", "it is over")
        if this.manifest is not None and moment(at) >= moment(this.manifest.cutoff):
            _redraw(this, "撤销或替代", "withdrawal", "截止时间已过", "the cut-off passed")
        return self._with(replace(this, state=state))

    def _check(self, this: Kept, manifest: Manifest) -> None:
        expected = {
            "task": (manifest.task, self.task),
            "seq": (manifest.seq, this.seq),
            "frame": (manifest.frame, this.frame),
            "supersedes": (manifest.supersedes, this.supersedes),
            "replaces": (manifest.replaces is not None, this.corrects is not None),
        }
        for field, (found, wanted) in expected.items():
            if found != wanted:
                raise ManifestProblem(
                    field=field, why=f"应为 {wanted}，现为 {found}", why_en=f"{found}, not {wanted}"
                )
        if this.corrects is not None:
            _check_replacement(self.kept[this.corrects - 1], manifest, self.kept[:-1])

    def _current(self, step: str, step_en: str) -> Kept:
        if not self.kept:
            _refuse(Kept(seq=0), step, step_en, "尚无抽取清单", "there is no manifest")
        return self.kept[-1]

    def _expect(self, step: str, step_en: str, state: State) -> Kept:
        this = self._current(step, step_en)
        if this.state is not state:
            wanted = CHINESE[state]
            _refuse(this, step, step_en, f"须处于「{wanted}」", f"it must be {state.value}")
        return this

    def _with(self, this: Kept) -> Docket:
        return replace(self, kept=(*self.kept[:-1], this))


def _check_replacement(drawn: Kept, manifest: Manifest, earlier: tuple[Kept, ...]) -> None:
    """A replacement is of the same list, for the lost number only, with a round never used."""
    before, how = drawn.manifest, manifest.replaces
    assert before is not None
    assert how is not None
    lost = Counter(entry.stratum for entry in how.lost)
    wanted = {s.name: s.places + s.shortfall for s in manifest.strata if s.places + s.shortfall}
    used = {r.identity for kept in earlier if kept.manifest for r in kept.manifest.beacon_rule}
    problems = {
        "replaces": (how.manifest != before.hash, "所补清单不符", "it names another manifest"),
        "method": (manifest.method is not Method.REPLACEMENT, "须为补抽", "not a replacement"),
        "list_root": (
            manifest.list_root != _list_of(before, manifest),
            "须为同一冻结名录",
            "another list",
        ),
        "strata": (wanted != dict(lost), "数量须等于失去的户数", "other numbers than were lost"),
        "beacon_rule": (
            any(this.identity in used for this in manifest.beacon_rule),
            "须使用新的随机轮次",
            "a fresh round is required",
        ),
    }
    for field, (wrong, why, why_en) in problems.items():
        if wrong:
            raise ManifestProblem(field=field, why=why, why_en=why_en)


def _list_of(before: Manifest, manifest: Manifest) -> str:
    """Return the frozen list a replacement must keep to: of the units, or of the inspectors."""
    if manifest.unit != INSPECTOR or before.assignment is None:
        return before.list_root
    return str(before.assignment.pool["list_root"])


def _refuse(this: Kept, step: str, step_en: str, why: str, why_en: str) -> NoReturn:
    raise WrongMoment(**_facts(this, step, step_en, why, why_en))


def _redraw(this: Kept, step: str, step_en: str, why: str, why_en: str) -> NoReturn:
    raise Redraw(**_facts(this, step, step_en, why, why_en))


def _facts(this: Kept, step: str, step_en: str, why: str, why_en: str) -> dict[str, object]:
    return {
        "seq": this.seq,
        "state": CHINESE[this.state],
        "state_en": this.state.value,
        "step": step,
        "step_en": step_en,
        "why": why,
        "why_en": why_en,
    }
