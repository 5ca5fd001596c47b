"""The threshold plan as SQL text, so that a large draw happens where the rows are.

Text and parameters only; `engine.store` executes them. The database hashes and filters, Python
sorts the survivors exactly (`sampling.from_survivors`): never a window function over all rows.
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
PARALLEL = (  # for the drawing transaction in PostgreSQL: one worker per core hashes
    "SET LOCAL max_parallel_workers_per_gather = 2",
    "SET LOCAL parallel_setup_cost = 0",
    "SET LOCAL parallel_tuple_cost = 0.001",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL with named `:parameters` and their values."""

    text: str
    parameters: Mapping[str, Any]


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
    """Return the statement for (stratum, ticket hex, unit) below the thresholds.

    `everything` drops the thresholds: the second try after a ThresholdMissed. SM3 has no builtin
    in PostgreSQL; such a draw is made in Python.
    """
    if dialect == "postgresql" and alg != "sha256":
        raise ManifestProblem(
            field="alg",
            why="PostgreSQL 内置函数只支持 sha256，sm3 请用 Python 抽取",
            why_en="PostgreSQL has no builtin sm3; draw in Python",
        )
    parameters: dict[str, Any] = {}
    stratum = _renamed(source.stratum, pooled or {}, parameters)
    limit = _limits(sizes, eligible, parameters, everything=everything)
    ticket, shown, parameters["prefix"] = _DIALECTS[dialect](source.unit, f"{key}:")
    return Statement(
        text=f"SELECT stratum, {shown}, unit FROM ("  # noqa: S608 — identifiers are ours
        f"SELECT {stratum} AS stratum, {source.unit} AS unit, {ticket} AS ticket"
        f" FROM {source.relation} WHERE {source.eligible}) AS hashed"
        f" WHERE ticket < {limit}",
        parameters=parameters,
    )


def sqlite_ticket(alg: str = "sha256") -> Callable[[str, str], bytes]:
    """Return the function to register as SQLITE_FUNCTION with two arguments, deterministic."""
    hash_of = hasher(alg)

    def draw_ticket(prefix: str, unit: str) -> bytes:
        return bytes(hash_of((prefix + unit).encode()).digest())

    return draw_ticket


def _postgresql(unit: str, prefix: str) -> tuple[str, str, str | bytes]:
    # The cast reads backslashes as escapes; ids hold none. The database is UTF-8.
    return f"sha256(:prefix || CAST({unit} AS bytea))", "encode(ticket, 'hex')", prefix.encode()


def _sqlite(unit: str, prefix: str) -> tuple[str, str, str | bytes]:
    return f"{SQLITE_FUNCTION}(:prefix, {unit})", "lower(hex(ticket))", prefix


_DIALECTS: Mapping[str, Callable[[str, str], tuple[str, str, str | bytes]]] = {
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
    sizes: Mapping[str, int],
    eligible: Mapping[str, int],
    parameters: dict[str, Any],
    *,
    everything: bool,
) -> str:
    cases = ""
    for index, (stratum, k) in enumerate((s, k) for s, k in sizes.items() if k):
        guess = threshold(k, eligible[stratum], sigmas=SIGMAS)
        parameters[f"stratum{index}"] = stratum
        parameters[f"limit{index}"] = _EVERYTHING if everything else guess
        cases += f" WHEN :stratum{index} THEN :limit{index}"
    return f"CASE stratum{cases} END" if cases else "NULL"
