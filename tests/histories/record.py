"""Record histories from a played demonstration: `python -m tests.histories.record`.

Of each process the shortest case, a closed one if there is any; of inspections one that several
departments made.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from engine import boot, bundle, config
from engine.errors import FileMissing
from engine.service import Engine
from engine.store import eventstore, readings
from engine.store.readings import CaseRow
from engine.version import DIAGRAM, FORMS
from tests.engine import played
from tests.histories import FILES, FOLDER

SUBJECTS = 60


def chosen(engine: Engine) -> Iterator[CaseRow]:
    """Yield one case per city and process."""
    with engine.store.read() as connection:
        rows = readings.every_case(connection)
    for city, process in sorted({(row.jurisdiction, row.process) for row in rows}):
        own = [row for row in rows if (row.jurisdiction, row.process) == (city, process)]
        own = [row for row in own if row.closed_at] or own
        joint = [row for row in own if process == "inspection" and _is_joint(engine, row)]
        yield min(joint or own, key=lambda row: row.seq)


def _is_joint(engine: Engine, row: CaseRow) -> bool:
    with engine.store.read() as connection:
        records = eventstore.history(connection, row.case_id)
    return any('"checklists"' in record.body.decode() for record in records)


def write(engine: Engine) -> None:
    """Write the chosen cases and every file that they name."""
    kept: dict[str, dict[str, str]] = {}
    for row in chosen(engine):
        with engine.store.read() as connection:
            records = eventstore.history(connection, row.case_id)
        pinned = engine.shelf.get(row.version)
        named = {address: _kind(path) for path, address in pinned.manifest.items()}
        for address in bundle.named_files(records):
            named.setdefault(address, "drawn")
        for address, kind in named.items():
            with suppress(FileMissing):  # a jurisdiction, or a hash that is no file of ours
                kept.setdefault(kind, {})[address] = pinned.fetch(address).decode()
        lines: list[object] = [{"version": dict(pinned.manifest)}]
        lines += [{"body": each.body.decode(), "hash": each.hash.hex()} for each in records]
        _save(FOLDER / f"{row.jurisdiction}-{row.process}.jsonl", lines)
    for kind, texts in kept.items():
        _save(
            FILES / f"{kind}.jsonl", [{"address": a, "text": t} for a, t in sorted(texts.items())]
        )


def _kind(path: str) -> str:
    return "diagrams" if path == DIAGRAM else "forms" if path.startswith(FORMS) else "rules"


def _save(place: Path, lines: list[object]) -> None:
    said = (json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines)
    place.write_text("".join(said), "utf-8")


def main() -> None:
    """Play the year and write what it left; what was recorded before is taken away."""
    FILES.mkdir(exist_ok=True)
    for place in FOLDER.rglob("*.jsonl"):
        place.unlink()
    with tempfile.TemporaryDirectory() as folder:
        played.play(Path(folder), subjects=SUBJECTS)
        engine = boot.open_engine(config.read({"SSJ_VAR": folder}))
        write(engine)
        engine.store.dispose()


if __name__ == "__main__":
    main()
