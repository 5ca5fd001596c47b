"""Released versions: which one is in force, and ready-to-run ones kept by hash."""

from __future__ import annotations

import gc
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from engine import history, version
from engine.errors import ProductError, UnknownProcess
from engine.store import avoidance, eventstore
from engine.store.database import Store
from engine.store.prepared import Asked
from engine.store.remembered import Remembered
from engine.store.tables import versions
from engine.version import Version, VersionMissing
from rules.pack import Law

log = logging.getLogger("ssj.shelf")

YOUNG = 20_000  # new objects between two looks for garbage; a command makes some thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A row of the shelf, for lists."""

    version: str
    process: str
    name: str
    jurisdiction: str
    effective_at: datetime
    released_by: UUID | None


def release(
    connection: Connection,
    files: Mapping[str, bytes],
    *,
    jurisdiction: str,
    process: str,
    name: str,
    effective_at: datetime,
    released_by: UUID | None,
    stored_at: datetime,
) -> str:
    """Put a version on the shelf: its files by hash, its manifest, from when it is in force."""
    eventstore.keep(
        connection, tuple(files.values()), media="application/octet-stream", at=stored_at
    )
    manifest = version.manifest_of(files, jurisdiction)
    digest = version.digest_of(manifest)
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(
        made.insert(versions)
        .values(
            version=digest,
            process=process,
            name=name,
            jurisdiction=jurisdiction,
            manifest=history.canonical(manifest),
            released_by=released_by,
            effective_at=effective_at,
        )
        .on_conflict_do_nothing()
    )
    return digest


NEWEST = (  # of a process in a city at a moment; every opening asks for it as well
    select(versions.c.version)
    .where(
        versions.c.jurisdiction == bindparam("city"),
        versions.c.process == bindparam("wanted"),
        versions.c.effective_at <= bindparam("moment"),
    )
    .order_by(versions.c.effective_at.desc())
    .limit(1)
)
_IN_FORCE = Asked(NEWEST)


def in_force(connection: Connection, jurisdiction: str, process: str, *, at: datetime) -> str:
    """Return the version of a process that new cases take at `at`."""
    found = _IN_FORCE.first(connection, city=jurisdiction, wanted=process, moment=at)
    if found is None:
        raise UnknownProcess(jurisdiction=jurisdiction, process=process)
    return str(found[0])


def has_any(connection: Connection, jurisdiction: str, process: str) -> bool:
    """Return whether a process has a released version in a jurisdiction."""
    found = select(versions.c.version).where(
        versions.c.jurisdiction == jurisdiction, versions.c.process == process
    )
    return connection.execute(found.limit(1)).first() is not None


_RELEASED = select(
    versions.c.version,
    versions.c.process,
    versions.c.name,
    versions.c.jurisdiction,
    versions.c.effective_at,
    versions.c.released_by,
).order_by(versions.c.jurisdiction, versions.c.process, versions.c.effective_at.desc())


def released(connection: Connection, jurisdiction: str | None = None) -> tuple[Released, ...]:
    """Return every released version, the newest of each process first."""
    query = _RELEASED
    if jurisdiction is not None:
        query = query.where(versions.c.jurisdiction == jurisdiction)
    return tuple(Released(**row) for row in connection.execute(query).mappings())


def released_by(connection: Connection, case_id: UUID) -> tuple[Released, ...]:
    """Return the versions a release case has put on the shelf."""
    query = _RELEASED.where(versions.c.released_by == case_id)
    return tuple(Released(**row) for row in connection.execute(query).mappings())


def forms_in_force(connection: Connection, jurisdiction: str) -> dict[str, str]:
    """Return every form of a jurisdiction's versions by stem, the newest address of each."""
    rows = connection.execute(
        select(versions.c.manifest)
        .where(versions.c.jurisdiction == jurisdiction)
        .order_by(versions.c.effective_at, versions.c.version)
    )
    found: dict[str, str] = {}
    for row in rows:
        for path, place in json.loads(row.manifest).items():
            if path.startswith(version.FORMS):
                found[path.removeprefix(version.FORMS).removesuffix(".json")] = place
    return dict(sorted(found.items()))


class Shelf:
    """Versions ready to run, built once per process; a law is shared by its versions."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ready: dict[str, Version] = {}
        self._laws: dict[str, Law] = {}
        self._guard = threading.RLock()
        self._remembered = Remembered(self._stored)

    def lend(self, law: Law) -> None:
        """Take a law that is already loaded, so that its versions need not load it again."""
        listed = {f"{version.RULES}{path}": history.address(c) for path, c in law.files.items()}
        self._laws[_law_key({**listed, "jurisdiction": law.jurisdiction})] = law

    def warm(self, *, at: datetime) -> None:
        """Build what is in force before the first request of a long-lived process.

        Laws are large graphs that live as long as the process: the collector of garbage need not
        look at them again."""
        with self._store.read() as connection:
            begun = select(versions.c.jurisdiction, versions.c.process).where(
                versions.c.effective_at <= at
            )
            found = connection.execute(begun.distinct()).all()
            wanted = {in_force(connection, row.jurisdiction, row.process, at=at) for row in found}
        for digest in sorted(wanted):
            try:
                self.get(digest)
            except ProductError:
                log.exception("version %s cannot run", digest)  # the others can
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, *gc.get_threshold()[1:])

    def fetch(self, place: str) -> bytes:
        """Return the content of an address; who avoids whom may be erased and is read each time."""
        if place.startswith(avoidance.PREFIX):
            with self._store.read() as connection:
                return avoidance.fetch(connection, place)
        return self._remembered(place)

    def _stored(self, place: str) -> bytes:
        with self._store.read() as connection:
            return eventstore.fetch(connection, place)

    def get(self, digest: str) -> Version:
        """Return the version of a hash; it must be on the shelf."""
        ready = self._ready.get(digest)
        if ready is not None:
            return ready
        with self._guard:
            if digest not in self._ready:
                self._ready[digest] = self._build(digest)
            return self._ready[digest]

    def _build(self, digest: str) -> Version:
        with self._store.read() as connection:
            stored = connection.execute(
                select(versions.c.manifest).where(versions.c.version == digest)
            ).scalar_one_or_none()
            if stored is None:
                raise VersionMissing(version=digest)
            manifest = json.loads(stored)
            law_key = _law_key(manifest)
            contents: dict[str, bytes] = {}

            def fetch(place: str) -> bytes:
                if place not in contents:
                    contents[place] = eventstore.fetch(connection, place)
                return contents[place]

            built = version.build(manifest, fetch, law=self._laws.get(law_key))
        self._laws[law_key] = built.law
        return Version(
            digest=built.digest,
            definition=built.definition,
            forms=built.forms,
            law=built.law,
            manifest=built.manifest,
            fetch=self.fetch,
        )


def _law_key(manifest: Mapping[str, str]) -> str:
    listed = {path: place for path, place in manifest.items() if path.startswith(version.RULES)}
    listed["jurisdiction"] = manifest["jurisdiction"]
    return history.address(history.canonical(listed))
