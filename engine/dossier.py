"""The evidence of a draw as files for anyone: evidence.json, its list files, and the verifier."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.draw import evidence, verify
from engine.draw.frame import Lines
from engine.version import Fetch


def files(body: Mapping[str, Any], fetch: Fetch) -> dict[str, bytes]:
    """Return the published files of one draw by name, from the addresses its case recorded.

    List files are passed on as they were frozen: a million rows are one piece of memory, once."""
    listed = fetch(body["frame"])
    manifest = json.loads(fetch(body["manifest"]))
    matching = json.loads(fetch(body["matching"]))
    # without a team, or where a single officer was drawn, there is no pairing to prove
    is_matched = bool(matching["teams"]) and manifest["assignment"] is not None
    # the pool shows why nobody could be matched, too: without it a missing pairing proves nothing
    has_pool = manifest["assignment"] is not None
    pool = fetch(body["pool"]) if has_pool else b""
    changes = fetch(body["changes"]) if body.get("changes") else b""
    replaced = _replaced(manifest, fetch)
    document = evidence.build(
        manifest,
        json.loads(fetch(body["draw"])),
        lines=Lines(listed),
        reveals=body.get("reveals", ()),
        beacon=body["beacon"],
        campaign=body.get("campaign", ()),
        matching=matching if is_matched else None,
        pool=Lines(pool),
        changes=changes,
        replaced=replaced,
        last_visit_ended=body.get("last_visit_ended", False),
    )
    return {
        "evidence.json": evidence.encode(document),
        evidence.LIST_NAME: listed,
        **({evidence.POOL_NAME: pool} if has_pool else {}),
        **({evidence.CHANGES_NAME: changes} if changes else {}),
        **({evidence.REPLACED_NAME: evidence.encode(replaced)} if replaced else {}),
        "verify.py": Path(verify.__file__).read_bytes(),
    }


def _replaced(manifest: Mapping[str, Any], fetch: Fetch) -> Mapping[str, Any] | None:
    """Return the manifest a replacement refers to, as it was announced; None of a first draw."""
    if manifest["replaces"] is None:
        return None
    found: Mapping[str, Any] = json.loads(fetch(manifest["replaces"]["manifest"]))
    return found


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
