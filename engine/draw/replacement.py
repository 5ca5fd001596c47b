"""Replacing winners that fell away: from the rest of the same frozen list, with a fresh round.

Not "the next ticket": the next in line is visible in advance and could be reached by
disqualifying a winner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from engine.draw.frame import Frame, Row, rows
from engine.draw.refusals import ManifestProblem
from engine.draw.sizes import Sizes, stated
from engine.draw.terms import Lost

DRAWN_BEFORE = "已抽取"  # exclusion code of every earlier winner


def remaining(
    lines: Iterable[bytes],
    winners: Collection[str],
    lost: Sequence[Lost],
    *,
    reasons: Collection[str],
) -> Iterator[bytes]:
    """Yield the frozen list again with all earlier winners left out; the list root is unchanged.

    `reasons` are the objective codes the pack allows; anything else, and a unit that did not win,
    is refused.
    """
    for entry in lost:
        if entry.reason not in reasons or entry.unit not in winners:
            raise ManifestProblem(
                field="replaces",
                why=f"「{entry.unit}」不是中签对象，或原因「{entry.reason}」不在客观原因之列",
                why_en=f"`{entry.unit}` did not win or `{entry.reason}` is no objective reason",
            )
    for row in rows(lines):
        codes = (*row.codes, DRAWN_BEFORE) if row.unit in winners else row.codes
        yield Row(row.unit, row.stratum, row.flags, codes).line


def places(frame: Frame, lost: Sequence[Lost], *, pooled: Mapping[str, str]) -> Sizes:
    """Return the sizes of the replacement: one place per lost unit, in its stratum of the draw."""
    lacking = Counter(entry.stratum for entry in lost)
    return stated(frame.listed, frame.eligible, lacking, pooled=pooled)
