"""The threshold plan as SQL text, so that a large draw happens where the rows are.

Text and parameters only; `engine.store` executes them. The database hashes and filters, Python
hashes the few survivors once more and sorts them exactly (`sampling.from_units`): never a window
function over all rows.
PostgreSQL uses its builtin sha256(), SQLite one registered function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.draw.refusals import ManifestProblem
from engine.draw.sampling import SIGMAS, threshold
from engine.draw.tickets import hasher

SQLITE_FUNCTION = "draw_ticket"
SESSION = (  # for a drawing session of PostgreSQL: it is one of several and plans nothing long
    "SET LOCAL max_parallel_workers_per_gather = 0",
    "SET LOCAL jit = off",
)
_EVERYTHING = b"\xff" * 33


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the frame's rows are: a relation and column expressions, written by us, never typed in.

    `eligible` is a predicate; rows where it is false or unknown take no part.
    """

    relation: str
    unit: str = "unit"
    stratum: str = "stratum"
    eligible: str = "eligible"
    is_bytes: bool = False  # `unit` is a column of bytes, not of text


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL with named `:parameters` and their values."""

    text: str
    parameters: Mapping[str, Any]


def table(relation: str) -> str:
    """Return the statement that makes an empty table for `copy` in PostgreSQL."""
    columns = "unit bytea NOT NULL, stratum text NOT NULL, flags text, codes text"
    return f"CREATE UNLOGGED TABLE {relation} ({columns})"


def copy(relation: str) -> str:
    """Return the statement that loads the eligible rows of a frame file as its bytes are.

    Its lines are COPY's own text format with a bar between the columns: no backslash occurs.
    """
    return f"COPY {relation} FROM STDIN WITH (FREEZE, DELIMITER '|') WHERE codes = ''"


def counts(source: Source) -> Statement:
    """Return the statement for (stratum, listed, eligible): the inputs of the sizes."""
    return Statement(
        text=f"SELECT {source.stratum}, count(*),"  # noqa: S608 — identifiers are ours
        f" sum(CASE WHEN {source.eligible} THEN 1 ELSE 0 END)"
        f" FROM {source.relation} GROUP BY 1",
        parameters={},
    )


def survivors(
    dialect: str,
    source: Source,
    key: str,
    sizes: Mapping[str, int],
    eligible: Mapping[str, int],
    *,
    pooled: Mapping[str, str] | None = None,
    alg: str = "sha256",
    everything: bool = False,
) -> Statement:
    """Return the statement for (stratum, ids) whose tickets are below the thresholds.

    PostgreSQL answers one row per stratum, its ids as bytes joined by line feeds, which no id
    holds: fifty thousand survivors are neither fifty thousand rows on the wire nor hashed twice
    by its leader alone. SQLite answers a row for each id. `everything` drops the thresholds: the
    second try after a ThresholdMissed. SM3 has no builtin in PostgreSQL; such a draw is made in
    Python.
    """
    if dialect == "postgresql" and alg != "sha256":
        raise ManifestProblem(
            field="alg",
            why="PostgreSQL 内置函数只支持 sha256，sm3 请用 Python 抽取",
            why_en="PostgreSQL has no builtin sm3; draw in Python",
        )
    parameters: dict[str, Any] = {"prefix": f"{key}:"}
    stratum = _renamed(source.stratum, pooled or {}, parameters)
    limit = _limits(stratum, sizes, eligible, parameters, everything=everything)
    text = _DIALECTS[dialect](source, stratum, limit)
    return Statement(text=text, parameters=parameters)


def sqlite_ticket(alg: str = "sha256") -> Callable[[str, str], bytes]:
    """Return the function to register as SQLITE_FUNCTION: (prefix, id) → digest."""
    hash_of = hasher(alg)

    def draw_ticket(prefix: str, unit: str) -> bytes:
        return bytes(hash_of(f"{prefix}{unit}".encode()).digest())

    return draw_ticket


def _postgresql(source: Source, stratum: str, limit: str) -> str:
    # A column of bytes needs no cast per row. Of text the cast reads backslashes as escapes, but
    # ids hold none.
    unit = source.unit if source.is_bytes else f"CAST({source.unit} AS bytea)"
    ticket = f"sha256(CAST(:prefix AS bytea) || {unit})"
    return (
        f"SELECT {stratum} AS stratum, string_agg({unit}, CAST('\\x0a' AS bytea))"  # noqa: S608 — identifiers are ours
        f" FROM {source.relation} WHERE {source.eligible} AND {ticket} < {limit} GROUP BY 1"
    )


def _sqlite(source: Source, stratum: str, limit: str) -> str:
    return (
        f"SELECT {stratum}, CAST({source.unit} AS BLOB)"  # noqa: S608 — identifiers are ours
        f" FROM {source.relation} WHERE {source.eligible}"
        f" AND {SQLITE_FUNCTION}(:prefix, {source.unit}) < {limit}"
    )


_DIALECTS: Mapping[str, Callable[[Source, str, str], str]] = {
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}


def _renamed(column: str, pooled: Mapping[str, str], parameters: dict[str, Any]) -> str:
    moved = {member: name for member, name in pooled.items() if member != name}
    if not moved:
        return column
    cases = ""
    for index, (member, name) in enumerate(moved.items()):
        parameters[f"member{index}"], parameters[f"pool{index}"] = member, name
        cases += f" WHEN :member{index} THEN :pool{index}"
    return f"CASE {column}{cases} ELSE {column} END"


def _limits(
    stratum: str,
    sizes: Mapping[str, int],
    eligible: Mapping[str, int],
    parameters: dict[str, Any],
    *,
    everything: bool,
) -> str:
    cases = ""
    wanted = [(name, k) for name, k in sizes.items() if k]
    wanted.sort(key=lambda pair: -eligible[pair[0]])  # most rows are decided by the first branch
    for index, (name, k) in enumerate(wanted):
        guess = threshold(k, eligible[name], sigmas=SIGMAS)
        parameters[f"stratum{index}"] = name
        parameters[f"limit{index}"] = _EVERYTHING if everything else guess
        cases += f" WHEN :stratum{index} THEN :limit{index}"
    return f"CASE {stratum}{cases} END" if cases else "NULL"
