"""A task that comes back at once has a clock of its own: the first visit's day is not kept."""

from __future__ import annotations

from datetime import timedelta

from tests.benchmarks.approval import BACK, ON, SCHEMA
from tests.engine import drawn
from tests.engine.crowd import PARTIES
from tests.engine.office import Office, payloads
from tests.process import drawing

TURNING = drawing.document(
    drawing.lanes(["begin", "u", "late", "gate", "done", "lost"], "发起部门经办人")
    + drawing.start("begin")
    + drawing.user("u", "late")
    + drawing.boundary("clock", "u", drawing.timed("P5D"), interrupting=False)
    + drawing.xor("gate", "done")
    + drawing.end("done", "lost")
    + drawing.chain("begin", "u", "gate", "done")
    + drawing.chain("clock", "late", "lost")
    + drawing.flows(("gate", "u", f"审签的结论 为 {BACK}")),
    process="turning",
)


def test_a_task_sent_back_to_itself_gets_a_new_day(sqlite_office: Office) -> None:
    office = sqlite_office
    case_id = drawn.opened(office, "turning", TURNING, forms={"f": SCHEMA}, parties=PARTIES)
    office.hand.moment += timedelta(days=2)
    office.do(case_id, "u", sign_off_decision=BACK)
    first, second = (event["due_at"] for event in payloads(office.records(case_id), "deadline-set"))
    assert second > first
    deadline = office.case(case_id).deadlines["clock", ""]
    assert deadline.due_at is not None
    assert deadline.due_at >= office.hand.moment + timedelta(days=4)
    office.do(case_id, "u", sign_off_decision=ON)
    assert office.case(case_id).deadlines == {}
    assert office.audit(case_id).is_clean
