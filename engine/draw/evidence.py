"""What is published of a draw: one evidence.json and its list files, checked by `verify.py`.

The bytes are fixed (sorted keys, one space of indentation, UTF-8, final newline). Every value has
its own digest, long lists have one, and list files have digests of blocks of lines: so an altered
byte is not only found but named. What anchors it all is M, which was public before the draw.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from engine import history
from engine.draw.execution import Json, draw_key
from engine.draw.frame import Lines
from engine.draw.manifest import Manifest, Mode
from engine.draw.proofs import proof as prove_row
from engine.draw.refusals import ManifestProblem
from engine.draw.reveals import require_opened
from engine.draw.tickets import ticket

EVIDENCE = "ssyg/evidence/v1"
RECEIPT = "ssyg/receipt/v1"
LIST_NAME, POOL_NAME = "list.txt", "pool.txt"
CHANGES_NAME = "changes.json"  # by name, against the freeze before: what the list has become
REPLACED_NAME = "replaced.json"  # the manifest whose losses a replacement makes good
LONG = 32  # a list of more values has one digest for all of them
MOST_BLOCKS = 1024  # a list file of up to so many lines is checked line by line

_BASIS = {
    "zh": "用 verify.py 核验（只需 Python 3）。请先核对 manifest_hash 与抽取前公布的值一致。",
    "en": "Check with verify.py (Python 3 only). First compare manifest_hash with what was"
    " published before the draw.",
}
_DEMO = {
    "zh": "演示：随机值可预先算出，本文件不证明任何真实抽取。",
    "en": "DEMO: the random value was computable in advance; this proves no real draw.",
}


def build(
    manifest_document: Json,
    result: Json,
    *,
    lines: Iterable[bytes],
    reveals: Sequence[Json] = (),
    beacon: Json | None = None,
    campaign: Sequence[str] = (),
    matching: Json | None = None,
    pool: Iterable[bytes] = (),
    changes: bytes = b"",
    replaced: Json | None = None,
    confidential: bool = False,
    last_visit_ended: bool = False,
) -> dict[str, Any]:
    """Return the evidence document; a sealed draw is refused until its last visit has ended.

    `changes` is the file of what the list has become since its last freeze, `replaced` the manifest
    a replacement refers to. The pool belongs to every draw of inspectors: where there is no pairing
    it proves why. `confidential` says that the list files are held back, only of a sealed draw:
    then tickets can be checked, thresholds cannot, and the verifier says so.
    """
    manifest = Manifest.read(manifest_document)
    require_opened(manifest, last_visit_ended=last_visit_ended)
    if confidential and manifest.mode is not Mode.SEALED:
        raise ManifestProblem(
            field="mode",
            why="公开抽取的名单须公开",
            why_en="the list of an open draw is not held back",
        )
    rows = sum(stratum.listed for stratum in manifest.strata)
    files = {"list": _file(LIST_NAME, lines, rows, confidential=confidential)}
    if manifest.assignment is not None:
        staff = manifest.assignment.pool["rows"]
        files["pool"] = _file(POOL_NAME, pool, staff, confidential=confidential)
    if changes:
        files["changes"] = _small(CHANGES_NAME, changes, confidential=confidential)
    if replaced is not None:
        files["replaced"] = _small(REPLACED_NAME, encode(replaced), confidential=False)
    return _sealed(
        {
            "kind": EVIDENCE,
            "demo": manifest.is_demo,
            "note": _DEMO if manifest.is_demo else _BASIS,
            "manifest": manifest.document(),
            "manifest_hash": manifest.hash,
            "campaign": list(campaign),
            "reveals": [dict(entry) for entry in reveals],
            "beacon": dict(beacon) if beacon is not None else None,
            "result": dict(result),
            "matching": dict(matching) if matching is not None else None,
            "files": files,
        }
    )


def receipt(
    manifest_document: Json,
    result: Json,
    unit: str,
    *,
    lines: Iterable[bytes],
    reveals: Sequence[Json] = (),
    beacon: Json | None = None,
    campaign: Sequence[str] = (),
    last_visit_ended: bool = False,
) -> dict[str, Any]:
    """Return what one business needs to check its own row, ticket and threshold."""
    manifest = Manifest.read(manifest_document)
    require_opened(manifest, last_visit_ended=last_visit_ended)
    key = draw_key(manifest, reveals, beacon, campaign=campaign)
    if key is None:
        raise ManifestProblem(
            field="method", why="全覆盖检查不抽签", why_en="a complete inspection draws no tickets"
        )
    proof = prove_row(lines, unit)
    stratum = manifest.pooled[proof["row"].split("|")[1]]
    thresholds = {entry["s"]: entry["threshold"] for entry in result["strata"]}
    return _sealed(
        {
            "kind": RECEIPT,
            "demo": manifest.is_demo,
            "note": _DEMO if manifest.is_demo else _BASIS,
            "manifest": manifest.document(),
            "manifest_hash": manifest.hash,
            "campaign": list(campaign),
            "reveals": [dict(entry) for entry in reveals],
            "beacon": dict(beacon) if beacon is not None else None,
            "unit": unit,
            "proof": proof,
            "key": key,
            "ticket": ticket(key, unit, manifest.alg),
            "threshold": thresholds[stratum],
            "drawn": any(line.rpartition("|")[2] == unit for line in result["winners"]),
        }
    )


def encode(document: Json) -> bytes:
    """Return the one byte form of an evidence document."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def digests(value: Any, path: str = "") -> dict[str, str]:
    """Return a digest per value of the document; a long list of texts has one for the whole."""
    return {
        where: sha256(history.canonical(leaf)).hexdigest() for where, leaf in _leaves(value, path)
    }


def _sealed(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"digests": digests(document)}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name in sorted(value):
            step = name.replace("~", "~0").replace("/", "~1")  # RFC 6901
            yield from _leaves(value[name], f"{path}/{step}")
    elif isinstance(value, list) and value and len(value) <= LONG:
        for index, entry in enumerate(value):
            yield from _leaves(entry, f"{path}/{index}")
    else:
        yield path, value


def _small(name: str, content: bytes, *, confidential: bool) -> dict[str, Any]:
    return _file(name, Lines(content), content.count(b"\n"), confidential=confidential)


def _file(name: str, lines: Iterable[bytes], rows: int, *, confidential: bool) -> dict[str, Any]:
    step = max(1, -(-rows // MOST_BLOCKS))
    whole, blocks = sha256(), []
    source = iter(lines)
    while block := b"".join(islice(source, step)):
        whole.update(block)
        blocks.append(sha256(block).hexdigest())
    return {
        "name": name,
        "sha256": whole.hexdigest(),
        "rows": rows,
        "lines_per_block": step,
        "blocks": [] if confidential else blocks,
        "confidential": confidential,
    }
