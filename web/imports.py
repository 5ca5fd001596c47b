"""A registry file on its way in, as its page shows it: read, compared, made to count."""

from __future__ import annotations

from dataclasses import dataclass

from engine import imports
from engine.edge import new_case_id
from engine.imports import Preview
from engine.registry.diff import Diff
from engine.registry.types import RegistryKind, Row
from engine.service import Handled
from engine.store import registry_batches
from engine.store.people import Person
from web import files
from web.access import own_department
from web.site import site


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A file that was read, and what it would change."""

    sha256: str
    filename: str
    supplement: bool  # the file adds to the registry and is not the whole of it
    found: Preview

    @property
    def diff(self) -> Diff:
        return self.found.diff

    @property
    def before(self) -> int:
        """Return the batch whose registry the difference is shown against; the form sends it."""
        return self.found.before

    @property
    def errors(self) -> list[str]:
        return [each.sentence() for each in self.found.errors]

    @property
    def warnings(self) -> list[str]:
        problems = self.found.problems
        return [each.sentence() for each in problems if each.severity != "error"]

    @property
    def may_count(self) -> bool:
        return not self.errors and not self.diff.is_empty


def read(
    person: Person, kind: RegistryKind, sha256: str, filename: str, *, supplement: bool
) -> Offered:
    """Read a stored file and compare it with today's rows; nothing counts yet."""
    here = site()
    content = files.path_of(here.settings.var / "files", sha256).read_bytes()
    with here.store.read() as tx:
        found = imports.preview(
            tx,
            person.jurisdiction,
            here.shelves[person.jurisdiction].law.organisation,
            kind.value,
            content,
            files.plain_name(filename),
            is_complete=not supplement,
        )
    return Offered(sha256=sha256, filename=filename, supplement=supplement, found=found)


def apply(person: Person, offered: Offered, *, shown: str, source: str = "") -> Handled:
    """Open the batch's case; a steward changes rows of the own department only.

    `shown` is the batch the person saw the difference against: the file has been compared anew
    since, and what nobody has seen may not count. Nothing comes in without a source: what the
    person says, or the file itself."""
    for row in _touched(offered.diff):
        department = getattr(row, "department", None)
        if department:
            own_department(person, department)
    if shown != str(offered.before):
        raise registry_batches.RegistryMoved(shown=shown[:12] or "—", now=offered.before)
    with site().store.read() as tx:  # whoever confirms here is gone before the rows are written
        imports.refuse_while_writing(tx, person.jurisdiction, offered.found.parsed.kind)
    return imports.apply(
        site().engine,
        offered.found,
        case_id=new_case_id(),
        by=person.id,
        department=_office(person),
        source=source.strip() or offered.filename,
    )


def _office(person: Person) -> str:
    """Return the department whose data steward this is; anybody else is refused by the engine."""
    stewards = [held.department for held in person.positions if held.position == "steward"]
    return next(iter(stewards), person.home)


def _touched(change: Diff) -> list[Row]:
    changed = [each.after for each in change.changed]
    return [*change.added, *changed, *(each.row for each in change.removed)]
