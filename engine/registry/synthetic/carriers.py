"""Synthetic carriers: the kitchens, tanks and outlets that hang on synthetic subjects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.registry.synthetic.dice import Dice
from engine.registry.synthetic.world import SOURCE, World
from engine.registry.types import Carrier, CarrierType, Subject, SubjectStatus, Validity

_SHARE = 30  # of a hundred subjects in a trade that has carriers


def carriers(world: World, subjects: Iterable[Subject], *, seed: str) -> Iterator[Carrier]:
    """Yield the carriers of some subjects, numbered in the order the subjects come."""
    kinds = {sector.industry: sector.carrier for sector in world.sectors if sector.carrier}
    number = 0
    for subject in subjects:
        kind = kinds.get(subject.industry)
        dice = Dice(seed, world.jurisdiction, "carrier", subject.subject_id)
        if kind is None or not dice.chance(_SHARE):
            continue
        for place in range(1 + dice.below(3) // 2):
            number += 1
            is_open = subject.status is SubjectStatus.ACTIVE
            yield Carrier(
                carrier_id=f"ZT-{world.code}-{number:07d}",
                name=f"{subject.name}{kind['name']}{place + 1}号",
                carrier_type=CarrierType(kind["type"]),
                subjects=(subject.subject_id,),
                district=subject.district,
                address=subject.address,
                risk_tier=subject.risk_tier,
                status=Validity.VALID if is_open else Validity.INVALID,
                regulators=subject.regulators,
                source=SOURCE,
            )
