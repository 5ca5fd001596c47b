"""What oversight finds must not depend on where the record is kept."""

from pytest_bdd import scenarios

from tests.features.test_spine_on_postgresql import office, template

__all__ = ["office", "template"]

scenarios("朝阳-4-监督.feature")
