"""What only follows from a case's history, written again: state, worklist, timers, board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import HistoryDamaged
from engine.service import Engine
from engine.store import eventstore, outbox, views
from engine.store.readings import CaseRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What was otherwise than the history says: per view, how many rows came and went."""

    number: str
    mended: Mapping[str, tuple[int, int]]

    def sentence(self) -> str:
        rows = (f"{view} +{came} −{gone}" for view, (came, gone) in self.mended.items())
        return f"{self.number}：{'，'.join(rows)}"


def rebuild_case(engine: Engine, row: CaseRow) -> Rebuilt:
    """Rebuild one case and tell what differed; a damaged history changes nothing."""
    with engine.store.read() as connection:
        kept = len(eventstore.stored(connection, row.case_id))
        if kept < row.seq:  # a state folded from what is left would hide what is lost
            raise HistoryDamaged(seq=kept + 1)
        before = views.standing(connection, row.case_id)
    engine.rebuild(row.case_id)
    with engine.store.write() as connection:
        outbox.publish_again(connection, row.case_id)
        after = views.standing(connection, row.case_id)
    return Rebuilt(
        number=row.number,
        mended={
            view: (len(after[view] - before[view]), len(before[view] - after[view]))
            for view in after
            if after[view] != before[view]
        },
    )
