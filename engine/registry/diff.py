"""What a new list changes in a registry: shown field by field before it counts.

A registry covers every subject and may not be thinned or padded by hand (CY 三（五）): a row that
is missing without a stated reason is a problem, and it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from itertools import chain

from engine.registry.problems import Problem
from engine.registry.records import root
from engine.registry.types import Row

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a row: what stood there and what the new list says."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One row that stays but reads differently."""

    before: Row
    after: Row
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """One row that leaves the registry, and the event that is the reason: 注销, 迁出, 调离 …"""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The step from the current rows to the next ones; nothing disappears without a word.

    `dropped` rows are in the registry, not in the file, and no reason was given: they stay."""

    added: tuple[Row, ...] = ()
    removed: tuple[Removed, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: tuple[Row, ...] = ()
    dropped: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    @property
    def is_applicable(self) -> bool:
        """Return whether it may become a batch: it changes something and explains everything."""
        return not self.is_empty and not self.problems

    def after(self) -> Iterator[Row]:
        """Yield every row of the registry once the difference counts, in no order."""
        return chain(
            self.unchanged, self.dropped, self.added, (change.after for change in self.changed)
        )

    def counts(self) -> dict[str, int]:
        """Return the numbers a batch event and the confirmation page show."""
        sizes = {
            "added": len(self.added),
            "removed": len(self.removed),
            "changed": len(self.changed),
            "unchanged": len(self.unchanged),
            "dropped": len(self.dropped),
        }
        return sizes | {"rows": sum(sizes.values()) - sizes["removed"]}

    def root(self) -> str:
        """Return the root over all rows of the registry once the difference counts."""
        return root(self.after())


def diff(
    current: Iterable[Row],
    new: Iterable[Row],
    *,
    removals: Mapping[str, str] | None = None,
    is_complete: bool = True,
) -> Diff:
    """Return what `new` changes in `current`; `removals` gives ids that leave and why.

    With `is_complete=False` the file is a supplement: rows it does not name are not missing."""
    comparison = _Comparison(
        wanted={row.row_id: row for row in new}, reasons=dict(removals or {}), keeps=not is_complete
    )
    for row in current:
        comparison.place(row)
    return comparison.finish()


@dataclass(slots=True, kw_only=True)
class _Comparison:
    """The piles that rows fall on, one current row at a time."""

    wanted: dict[str, Row]
    reasons: dict[str, str]
    keeps: bool  # rows the file does not name
    removed: list[Removed] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    dropped: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def place(self, before: Row) -> None:
        after = self.wanted.pop(before.row_id, None)
        reason = self.reasons.pop(before.row_id, None)
        if reason is not None:
            self.problems += _reason_problems(before, reason)
            self.removed.append(Removed(row=before, reason=reason))
        elif after is None:
            (self.unchanged if self.keeps else self.dropped).append(before)
        elif after == before:
            self.unchanged.append(before)
        else:
            changes = tuple(_changes(before, after))
            self.changed.append(Changed(before=before, after=after, fields=changes))

    def finish(self) -> Diff:
        for row_id in self.reasons:  # a row that leaves before it ever came
            self.wanted.pop(row_id, None)
            reason = "名录中没有这一编号，无从移出"
            self.problems.append(_problem(row_id, reason, "unknown-removal"))
        return Diff(
            added=tuple(self.wanted.values()),
            removed=tuple(self.removed),
            changed=tuple(self.changed),
            unchanged=tuple(self.unchanged),
            dropped=tuple(self.dropped),
            problems=(*self.problems, *map(_dropped, self.dropped)),
        )


def _changes(before: Row, after: Row) -> Iterator[FieldChange]:
    for name in (one.name for one in fields(before)):
        old, new = getattr(before, name), getattr(after, name, None)
        if old != new:
            yield FieldChange(field=name, before=old, after=new)


def _reason_problems(row: Row, reason: str) -> Iterator[Problem]:
    if not reason.strip():
        yield _problem(row.row_id, f"移出“{row.name}”须写明原因（注销、迁出、调离等）", "no-reason")
    elif len(reason) > LONGEST_REASON:
        yield _problem(row.row_id, f"移出原因超过 {LONGEST_REASON} 个字", "long-reason")


def _dropped(row: Row) -> Problem:
    reason = (
        f"“{row.name}”在名录中而文件里没有。名录应涵盖全部被监管对象、不得增减："
        "请在文件中补上，或写明移出原因（注销、迁出、调离等）"
    )
    return _problem(row.row_id, reason, "silent-drop")


def _problem(row_id: str, reason: str, code: str) -> Problem:
    return Problem(line=0, column="", value=row_id, reason=reason, code=code)
