"""The registries of a demonstration come in as files, through the import that an office uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from engine import imports, listings, publisher
from engine.registry import synthetic
from engine.registry.export import csv_file
from engine.registry.lists import ListKind
from engine.registry.types import RegistryKind, Row
from engine.service import Engine
from engine.store import registry
from rules.organisation import Organisation

SEED = "demo"


def fill(
    engine: Engine,
    jurisdiction: str,
    organisation: Organisation,
    *,
    count: int,
    new_id: Callable[[], UUID],
    say: Callable[[str], None],
) -> None:
    """Import items, inspectors, subjects and carriers where the registries are still empty."""
    place = synthetic.world(jurisdiction)
    subjects = list(synthetic.subjects(place, seed=SEED, count=count))
    files: dict[RegistryKind, Iterable[Row]] = {
        RegistryKind.ITEMS: synthetic.items(place),
        RegistryKind.INSPECTORS: list(synthetic.inspectors(place, seed=SEED)),
        RegistryKind.SUBJECTS: subjects,
        RegistryKind.CARRIERS: list(synthetic.carriers(place, subjects, seed=SEED)),
        RegistryKind.INSTITUTIONS: list(synthetic.institutions(place, seed=SEED)),
    }
    for kind, rows in files.items():
        with engine.store.read() as connection:
            if registry.count(connection, jurisdiction, kind):
                continue
            found = imports.preview(
                connection,
                jurisdiction,
                organisation,
                kind.value,
                csv_file(kind, rows),
                f"{jurisdiction}-{kind.value}.csv",
            )
        handled = imports.apply(engine, found, case_id=new_id(), source=synthetic.SOURCE)
        publisher.deliver_of(engine, handled.case_id)
        say(
            f"{organisation.name} 名录 {kind.value}：{len(found.diff.added)} 行（{handled.number}）"
        )


def enter_lists(
    engine: Engine,
    jurisdiction: str,
    items: Iterable[str],
    *,
    new_id: Callable[[], UUID],
    say: Callable[[str], None],
) -> None:
    """Set the special registries of some items: who is in them follows from their conditions."""
    wanted = set(items)
    for listed in synthetic.lists(synthetic.world(jurisdiction)):
        if listed.kind is ListKind.SPECIAL and listed.item_code in wanted:
            handled = listings.set_list(
                engine, jurisdiction, listed, case_id=new_id(), source=synthetic.SOURCE
            )
            publisher.deliver_of(engine, handled.case_id)
            say(f"{listed.name}：建库条件（{handled.number}）")
