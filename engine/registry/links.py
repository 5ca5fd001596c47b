"""A carrier hangs on subjects that the registry knows (PJ 任务 4); others are named as problems."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from engine.registry.problems import Problem
from engine.registry.types import Carrier, Row


def linked_subjects(rows: Iterable[Row]) -> list[str]:
    """Return the subject ids that carriers name, each once; other kinds of row name none."""
    named = (subject for row in rows if isinstance(row, Carrier) for subject in row.subjects)
    return list(dict.fromkeys(named))


def unlinked(rows: Iterable[Row], missing: Collection[str]) -> Iterator[Problem]:
    """Yield a problem per carrier and per subject that is not in the registry of subjects."""
    for row in rows:
        for subject in row.subjects if isinstance(row, Carrier) else ():
            if subject in missing:
                reason = f"载体“{row.name}”关联的检查对象不在名录中，请先导入该对象"
                yield Problem(
                    line=0, column="", value=subject, reason=reason, code="unknown-subject"
                )
