"""Synthetic institutions that test and inspect under contract: a laboratory per few departments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from engine.registry.synthetic.dice import Dice
from engine.registry.synthetic.items import items
from engine.registry.synthetic.world import SOURCE, World
from engine.registry.types import Institution

_TRADES = {
    "samr": "产品质量检验有限公司",
    "fire": "消防技术服务有限公司",
    "ecology": "环境监测技术有限公司",
    "emergency": "安全评价有限公司",
    "health": "卫生检测技术有限公司",
    "housing": "建筑工程质量检测有限公司",
}
_FROM, _UNTIL = date(2026, 1, 1), date(2026, 12, 31)


def institutions(world: World, *, seed: str) -> Iterator[Institution]:
    """Yield one institution for each department of the world that has a trade for it."""
    listed = items(world)
    for department, trade in _TRADES.items():
        if department not in world.inspectors:
            continue
        dice = Dice(seed, world.jurisdiction, "institution", department)
        number = f"{world.prefix}-JG-{department.upper()}"
        contract = hashlib.sha256(f"{seed}|{number}|contract".encode()).hexdigest()
        yield Institution(
            institution_id=number,
            name=f"{dice.pick(world.names['surnames'])}{dice.pick(world.names['given'])}{trade}",
            department=department,
            qualification=f"资质认定证书 {world.code}{dice.below(100_000):05d}",
            qualification_until=_UNTIL.replace(year=_UNTIL.year + dice.below(3)),
            scope="抽样、检验检测、出具报告",
            items=tuple(i.item_code for i in listed if i.department == department)[:2],
            contract_no=f"HT-{_FROM.year}-{department.upper()}",
            contract_from=_FROM,
            contract_until=_UNTIL,
            contract_hash=contract,
            source=SOURCE,
        )
