"""Bringing a registry file in: read it, list every bad row, show the difference, then apply it.

All or nothing: one bad row keeps the whole file out, and no subject disappears without a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from engine import clock, history
from engine.commands import SYSTEM, OpenCase
from engine.errors import ProductError
from engine.registry.assemble import Scope
from engine.registry.batch import Batch
from engine.registry.diff import Diff, diff
from engine.registry.links import linked_subjects, unlinked
from engine.registry.parse import Parsed, parse
from engine.registry.problems import Problem
from engine.registry.types import RegistryKind
from engine.service import Engine, Handled
from engine.store import eventstore, outbox, registry, registry_batches, shelf
from rules.organisation import Organisation

PROCESS = "registry_batch"


class ImportRefused(ProductError):
    code = "import-refused"
    zh = "文件没有导入：还有 {count} 处须改正。"
    en = "The file was not imported: {count} problems remain."


class DifferenceMoved(registry_batches.RegistryMoved):
    zh = "按现在的名录重新比对，差异与确认时不同（{shown} ≠ {now}），没有写入；请重新查看差异。"
    en = "Compared again, the difference is not the one shown ({shown} ≠ {now}); nothing written."


class RegistryBusy(ProductError):
    code = "registry-busy"
    zh = "另一份文件正在写入这个名录，这个文件没有提交；请稍候一分钟，重新查看差异，确认后再导入。"
    en = (
        "Another file is being written into this registry; this one was not taken. "
        "Wait a minute, look at the difference again, then import."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file would do to a registry, before anything counts."""

    jurisdiction: str
    parsed: Parsed
    diff: Diff
    content: bytes
    is_complete: bool
    removals: Mapping[str, str]
    before: int  # the last batch that had changed the registry when it was looked at
    unlinked: tuple[Problem, ...] = ()  # carriers of subjects that nobody knows

    @property
    def problems(self) -> tuple[Problem, ...]:
        return (*self.parsed.problems, *self.diff.problems, *self.unlinked)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def preview(
    connection: Connection,
    jurisdiction: str,
    organisation: Organisation,
    kind: str,
    content: bytes,
    filename: str,
    *,
    is_complete: bool = True,
    removals: Mapping[str, str] | None = None,
) -> Preview:
    """Read a file and compare it with the registry as it stands; writes nothing."""
    parsed = parse(kind, content, filename, scope=scope_of(organisation))
    return compare(
        connection,
        jurisdiction,
        parsed,
        content,
        is_complete=is_complete,
        removals=removals,
    )


def compare(
    connection: Connection,
    jurisdiction: str,
    parsed: Parsed,
    content: bytes,
    *,
    is_complete: bool,
    removals: Mapping[str, str] | None = None,
) -> Preview:
    """Compare a file that was read with the registry as it stands."""
    before = registry_batches.last_change(connection, jurisdiction, parsed.kind)
    current = registry.current(connection, jurisdiction, parsed.kind)
    named = linked_subjects(parsed.rows)
    missing = frozenset(registry.missing_subjects(connection, jurisdiction, named))
    return Preview(
        jurisdiction=jurisdiction,
        parsed=parsed,
        diff=diff(
            current,
            parsed.rows,
            removals={**parsed.removals, **(removals or {})},
            # what a bad row names is not missing; the file does not count anyway
            is_complete=is_complete and parsed.is_sound,
        ),
        content=content,
        is_complete=is_complete,
        removals=dict(removals or {}),
        before=before,
        unlinked=tuple(unlinked(parsed.rows, missing)),
    )


def scope_of(organisation: Organisation) -> Scope:
    """Return how a jurisdiction's files name departments: by code or by full name."""
    departments = {code: code for code in organisation.departments}
    departments |= {entry.name: code for code, entry in organisation.departments.items()}
    return Scope(district=organisation.code, departments=departments)


def apply(
    engine: Engine,
    found: Preview,
    *,
    case_id: UUID,
    by: str = SYSTEM,
    department: str | None = None,
    source: str = "",
) -> Handled:
    """Open the batch's case; its service task has the rows written, once, from the stored file.

    A person opens it for a department whose data steward they are; the command line for none.
    A registry that has moved since the difference was shown is refused here, before a case is
    opened for nothing, and once more where the rows are written."""
    if found.errors:
        raise ImportRefused(count=len(found.errors))
    at = engine.now()
    with engine.store.write() as connection:
        registry_batches.refuse_moved(
            connection, found.jurisdiction, found.parsed.kind, found.before
        )
        (place,) = eventstore.keep(
            connection, (found.content,), media="application/octet-stream", at=at
        )
    counts = found.diff.counts()
    return engine.handle(
        OpenCase(
            case_id=case_id,
            actor=by,
            process=PROCESS,
            jurisdiction=found.jurisdiction,
            title=f"{found.parsed.filename}（{clock.legal_day(at).isoformat()}）",
            parties={"department": (department,)} if department else {},
            fields={
                "registry": found.parsed.kind.value,
                "file": place,
                "filename": found.parsed.filename,
                "root": found.diff.root(),
                "before_batch": found.before,
                "is_complete": found.is_complete,
                "removals": dict(found.removals),
                "source": source or found.parsed.filename,  # nothing comes in without one
                "applied_by": by,
                **{f"{name}_count": number for name, number in counts.items()},
            },
        )
    )


def refuse_while_writing(connection: Connection, jurisdiction: str, kind: RegistryKind) -> None:
    """Refuse while a confirmed batch of the same registry waits to be written in the background.

    It will move the registry; a batch that has failed once may wait for long and holds up nobody.
    """
    for body in outbox.untried(connection, "apply-batch"):
        if (body["jurisdiction"], body["registry"]) == (jurisdiction, kind.value):
            raise RegistryBusy


def write(engine: Engine, case_id: UUID, body: Mapping[str, Any]) -> None:
    """Write a recorded batch into the registry; a second delivery finds it written.

    The file is read and compared before anybody else has to wait. What was confirmed was seen
    against one state of the registry: the rows count against that state or not at all, since
    two files for the same rows lead to the same registry whichever was shown first.
    """
    jurisdiction = body["jurisdiction"]
    with engine.store.read() as connection:
        if registry_batches.is_written(connection, jurisdiction, str(case_id)):
            return
        digest = shelf.in_force(connection, jurisdiction, PROCESS, at=engine.now())
    content = engine.shelf.fetch(body["file"])
    scope = scope_of(engine.shelf.get(digest).law.organisation)
    parsed = parse(body["registry"], content, body["filename"], scope=scope)
    with engine.store.read() as connection:
        found = _compared(connection, parsed, content, body)
    with engine.store.write() as connection:
        registry_batches.wait_for_turn(connection, jurisdiction)
        if registry_batches.is_written(connection, jurisdiction, str(case_id)):
            return
        # cases from before it was recorded are held to the root alone
        registry_batches.refuse_moved(
            connection, jurisdiction, parsed.kind, body.get("before_batch", found.before)
        )
        now = found.diff.root()
        if now != body["root"]:
            raise DifferenceMoved(shown=body["root"][:12], now=now[:12])
        number = registry_batches.next_batch(connection, jurisdiction)
        make_count(engine, connection, found, case_id, body, number)


def _compared(
    connection: Connection, parsed: Parsed, content: bytes, body: Mapping[str, Any]
) -> Preview:
    return compare(
        connection,
        body["jurisdiction"],
        parsed,
        content,
        is_complete=body["is_complete"],
        removals=body["removals"],
    )


def make_count(
    engine: Engine,
    connection: Connection,
    found: Preview,
    case_id: UUID,
    body: Mapping[str, Any],
    number: int,
) -> None:
    """Make a difference count, in the name of the case that is its source."""
    batch = Batch(
        jurisdiction=found.jurisdiction,
        number=number,
        kind=found.parsed.kind,
        file=history.address(found.content),
        filename=body["filename"],
        applied_at=engine.now(),
        applied_by=body["applied_by"],
        case_id=str(case_id),
        source=body["source"],
    )
    registry_batches.apply_batch(connection, batch, found.diff)
