"""What people do and see in a real browser, before the served application."""

import pytest
from pytest_bdd import scenarios

from engine.config import WORKFLOWS
from tests.engine.office import Office

FEATURES = WORKFLOWS.parent / "features"
# Every scenario of commands runs on both databases; of the pages, the one behind which they differ.
ON_BOTH = "抽取"

pytestmark = pytest.mark.browser


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    both = ["sqlite", "postgresql"] if ON_BOTH in metafunc.definition.name else ["sqlite"]
    metafunc.parametrize("office", both, indirect=True)


@pytest.fixture
def office(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(f"{request.param}_office")
    return found


scenarios(*sorted(place.name for place in FEATURES.glob("网页-*.feature")))
