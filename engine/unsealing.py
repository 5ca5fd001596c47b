"""Opening the secrets of a sealed draw: to carry it out, and at the end to show them.

A secret that does not open, or does not explain the draw, makes it void; that is a violation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from engine.bindings import Outcome
from engine.draw.refusals import SealBroken
from engine.service import Engine
from engine.services import sealing
from engine.store import sealed

Inputs = Mapping[str, Any]

VIOLATION = "封存的密值不能启封"
ANOTHER = "启封的密值算不出已执行的抽取结果，本次封闭抽取作废，并记录违规。"


def drawn(
    engine: Engine, case_id: UUID, inputs: Inputs, draw: Callable[[Inputs], Outcome]
) -> Outcome:
    """Carry a draw out with the secrets it needs, if any; none opens: the draw is void."""
    if not inputs["sealed"]:
        return draw(inputs)
    try:
        return draw({**inputs, "reveals": _secrets(engine, case_id, inputs)})
    except SealBroken as broken:
        return Outcome(result=_void(str(broken)))


def opened(engine: Engine, case_id: UUID, inputs: Inputs) -> Outcome:
    """Open the secrets at the end of the last visit and check that they explain the draw."""
    try:
        reveals = _secrets(engine, case_id, inputs)
    except SealBroken as broken:
        return Outcome(result=_void(str(broken)))
    told = sealing.explained(inputs, reveals, engine.shelf.fetch)
    if told["draw"] != inputs["draw"]:
        return Outcome(result=_void(ANOTHER))
    return Outcome(result={**told, "reveals": reveals, "draw_void": False})


def _secrets(engine: Engine, case_id: UUID, inputs: Inputs) -> list[dict[str, Any]]:
    with engine.store.read() as connection:
        return sealed.opened(connection, case_id, inputs["sealed"], key=engine.seal_key())


def _void(reason: str) -> dict[str, Any]:
    return {"draw_void": True, "void_reason": reason, "violation": VIOLATION}
