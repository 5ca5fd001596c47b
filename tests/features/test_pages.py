"""What people do and see in a real browser, before the served application."""

import pytest
from pytest_bdd import scenarios

from engine.config import WORKFLOWS
from tests.engine.office import Office

FEATURES = WORKFLOWS.parent / "features"

pytestmark = pytest.mark.browser


@pytest.fixture
def office(sqlite_office: Office) -> Office:
    """One database: every scenario of commands runs on both, and pages add nothing to that."""
    return sqlite_office


scenarios(*sorted(place.name for place in FEATURES.glob("网页-*.feature")))
