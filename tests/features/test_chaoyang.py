"""Chaoyang, chapter by chapter."""

from pytest_bdd import scenarios

from engine.config import WORKFLOWS

FEATURES = WORKFLOWS.parent / "features"

scenarios(
    *sorted(place.name for place in FEATURES.glob("朝阳-*.feature") if "全流程" not in place.name)
)
