"""进一次门，查多项事: one visit, a list per department, one conclusion, one notice."""

from __future__ import annotations

from uuid import UUID

from engine import joint
from tests.engine import chains
from tests.engine.office import Office


def visit(office: Office, jurisdiction: str = "chaoyang") -> UUID:
    """Return a joint visit whose lists are asked for."""
    task = chains.drawn_task(office, jurisdiction)
    (case_id, *_) = office.children(task, "inspection")
    chains.until(office, case_id, "checklists")
    return case_id


def test_every_department_that_sent_somebody_is_asked_for_its_own_list(office: Office) -> None:
    case_id = visit(office)
    case = office.case(case_id)
    assert joint.departments(case) == ("samr", "fire", "health")
    for code in joint.departments(case):
        seats = case.offers["checklists", code].seats
        assert seats == tuple(f"person:{who}" for who in joint.officers(case, code))
        assert seats
    assert office.audit(case_id).is_clean


def test_the_lists_come_together_in_one_conclusion_and_one_notice(office: Office) -> None:
    case_id = visit(office)
    chains.finish(office, case_id)
    case = office.case(case_id)
    assert case.is_closed
    assert {row["department"] for row in case.fields["item_results"]} == {"samr", "fire", "health"}
    assert office.audit(case_id).is_clean
