"""The evidence of a draw as files for anyone: evidence.json, its list files, and the verifier."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.draw import evidence, verify
from engine.version import Fetch


def files(body: Mapping[str, Any], fetch: Fetch) -> dict[str, bytes]:
    """Return the published files of one draw by name, from the addresses its case recorded."""
    lines = fetch(body["frame"]).splitlines(keepends=True)
    matching = json.loads(fetch(body["matching"]))
    is_matched = bool(matching["teams"])  # without a team there is no pairing to prove
    pool = fetch(body["pool"]).splitlines(keepends=True) if is_matched else []
    document = evidence.build(
        json.loads(fetch(body["manifest"])),
        json.loads(fetch(body["draw"])),
        lines=lines,
        beacon=body["beacon"],
        matching=matching if is_matched else None,
        pool=pool,
    )
    return {
        "evidence.json": evidence.encode(document),
        evidence.LIST_NAME: b"".join(lines),
        **({evidence.POOL_NAME: b"".join(pool)} if is_matched else {}),
        "verify.py": Path(verify.__file__).read_bytes(),
    }


def write(folder: Path, written: Mapping[str, bytes]) -> None:
    """Write the files; a file is complete or absent, and writing again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        fresh = folder / f".{name}.new"
        with fresh.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.rename(folder / name)
