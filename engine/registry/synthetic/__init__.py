"""Synthetic registries and people: realistic, valid, reproducible, and marked 合成数据 throughout.

The same seed gives the same rows on every machine; subjects come in the order of their ids.
"""

from engine.registry.synthetic.carriers import carriers
from engine.registry.synthetic.institutions import institutions
from engine.registry.synthetic.items import items, lists
from engine.registry.synthetic.staff import DemoPerson, demo_people, inspectors, seats_of
from engine.registry.synthetic.subjects import subjects
from engine.registry.synthetic.world import LABEL, SOURCE, NoSuchWorld, World, world, worlds

__all__ = [
    "LABEL",
    "SOURCE",
    "DemoPerson",
    "NoSuchWorld",
    "World",
    "carriers",
    "demo_people",
    "inspectors",
    "institutions",
    "items",
    "lists",
    "seats_of",
    "subjects",
    "world",
    "worlds",
]
