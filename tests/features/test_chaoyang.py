"""Chaoyang, from the draft to the archive and chapter by chapter."""

from pytest_bdd import scenarios

from engine.config import WORKFLOWS

FEATURES = WORKFLOWS.parent / "features"

scenarios(*sorted(place.name for place in FEATURES.glob("朝阳-*.feature")))
