"""The demonstration's year: its special cases are there, clean, and on the boards."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator

import pytest

from engine import boot, config, joint, supervise
from engine.demo import year
from engine.demo.records import Records
from engine.store import readings
from engine.supervise import Overview
from tests.engine.played import CITIES, Played, play

MAIN = {
    "chaoyang": "2026年度餐饮服务部门联合抽查",
    "panjin": "2026年度生态环境部门联合抽查",
}
AMENDED = {
    "chaoyang": ("2026年度劳动用工部门联合抽查", "3%", "4%"),
    "panjin": ("2026年度文化市场部门联合抽查", "4%", "5%"),
}
UNPUBLISHED = {"chaoyang": "L09", "panjin": "PJ-12"}
ACCIDENT = "2026年检查过的单位发生燃爆事故"


@pytest.fixture(scope="session")
def played(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Played]:
    """The year, played once for all test processes: the first that asks plays it."""
    is_worker = hasattr(request.config, "workerinput")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if is_worker else base) / "demo-year"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "told").exists():
            play(folder)
    engine = boot.open_engine(config.read({"SSJ_VAR": str(folder)}))
    told = tuple((folder / "told").read_text("utf-8").splitlines())
    yield Played(engine=engine, records=Records(engine=engine), told=told)
    engine.store.dispose()


@pytest.fixture(scope="session")
def overviews(played: Played) -> dict[str, Overview]:
    return {city: supervise.overview(played.engine, city) for city in CITIES}


def test_everybody_could_do_what_the_year_asked(played: Played) -> None:
    stuck = [line for line in played.told if line.startswith("  ")]
    assert stuck == []
    with played.engine.store.read() as connection:
        still = [row for row in readings.every_case(connection) if row.closed_at is None]
    assert {row.process for row in still} <= {"circular"}  # the last quarter's, of 30 December


def test_every_case_audits_clean(played: Played) -> None:
    told: list[str] = []
    assert year.audit_all(played.engine, say=told.append) == 0, told


@pytest.mark.parametrize("city", CITIES)
def test_joint_tasks_draw_teams_of_several_departments(played: Played, city: str) -> None:
    visits = played.visits(played.titled(city, MAIN[city]))
    assert len(visits) >= 3
    departments = {officer.split("-")[1] for visit in visits for officer in visit.parties["team"]}
    assert len(departments) == 3


@pytest.mark.parametrize("city", CITIES)
def test_every_department_of_a_joint_visit_filled_in_its_list_the_same_day(
    played: Played, city: str
) -> None:
    visits = played.visits(played.titled(city, MAIN[city]))
    for visit in visits:
        assert {each["department"] for each in joint.lists(visit)} == set(joint.departments(visit))
        assert len(joint.departments(visit)) == 3
        assert not {"lists_late", "record_late"} & {element for element, _ in visit.missed}
    again = [visit for visit in visits if visit.turns["checklists"] == 2]
    assert visits[1] in again
    assert len(again) < len(visits), "most lists are right at once"


@pytest.mark.parametrize("city", CITIES)
def test_a_surprise_stays_sealed_until_its_last_visit_and_is_a_temporary_plan(
    played: Played, city: str
) -> None:
    task = played.titled(city, "2026年度校园周边食品销售临时抽查")
    plan = played.titled(city, "2026年度校园周边食品销售临时抽查计划")
    assert plan.process == "ad_hoc_plan"
    assert task.parent == str(plan.case_id)
    assert task.fields["surprise_approved"] is True
    last = max(visit.fields["ended_on"] for visit in played.visits(task))
    assert task.fields["seal_opened_on"] == last
    told = played.board(city)
    opened = [row for row in told if row["case_id"] == task.case_id]
    assert opened
    assert all(row["published_at"].date().isoformat() >= last for row in opened)
    results = [row for row in told if row["number"] in {v.number for v in played.visits(task)}]
    assert len(results) == len(played.visits(task))
    assert all(row["published_at"].date().isoformat() >= last for row in results)
    (look,) = played.happened(task, "attempt-refused")
    assert (look["command"], look["code"]) == ("look-at-sealed", "still-sealed")


@pytest.mark.parametrize("city", CITIES)
def test_a_census_visits_everybody_of_the_items_list(played: Played, city: str) -> None:
    task = played.titled(city, "2026年度危险化学品经营单位安全检查")
    assert (task.fields["object_method"], task.fields["ratio"]) == ("全覆盖", "100%")
    visits = played.visits(task)
    assert len(visits) == task.fields["count_frame_eligible"] > 0


@pytest.mark.parametrize("city", CITIES)
def test_an_amended_plan_is_what_its_task_carries_out(played: Played, city: str) -> None:
    title, before, after = AMENDED[city]
    plan = played.titled(city, f"{title}计划")
    amendment = played.titled(city, f"{title}计划调整")
    task = played.titled(city, title)
    assert amendment.fields["amended_plan"] == plan.number
    assert (plan.fields["ratio"], amendment.fields["ratio"]) == (before, after)
    assert task.parent == str(amendment.case_id)
    assert task.fields["ratio"] == after


@pytest.mark.parametrize("city", CITIES)
def test_a_complaint_is_visited_without_a_draw_and_put_right(played: Played, city: str) -> None:
    visit = played.below(played.one(city, "lead"), "non_random_inspection")
    assert visit.fields["origin"] == "投诉举报"
    assert played.happened(visit, "attempt-refused")  # first written against the rules
    assert played.below(visit, "rectification").fields["reinspection_outcome"] == "销号"


@pytest.mark.parametrize("city", CITIES)
def test_a_suspected_crime_reaches_the_police_in_time(played: Played, city: str) -> None:
    transfer = played.below(played.visits(played.titled(city, MAIN[city]))[0], "transfer")
    assert transfer.fields["transfer_kind"] == "涉嫌犯罪"
    assert transfer.parties["receiver"] == ("police",)
    clocks = {each["rule"] for each in played.happened(transfer, "deadline-set")}
    assert "rule:涉罪移送审批期限" in clocks
    assert not played.happened(transfer, "deadline-missed")


def test_after_an_accident_the_record_speaks_for_whoever_did_their_duty(played: Played) -> None:
    exemption = played.titled("chaoyang", ACCIDENT)
    (found,) = [
        each["result"]
        for each in played.happened(exemption, "service-completed")
        if each["name"] == "exemption.prefill"
    ]
    assert found == {"e1_duty_performed": True, "e3_accident": True}
    assert any("结果已公示" in line for line in exemption.fields["duty_record"])
    assert exemption.fields["exemption_decision"] == "具备免责情形"


def test_where_no_exemption_is_known_an_accident_is_visited_first_and_approved_later(
    played: Played,
) -> None:
    visit = played.titled("panjin", ACCIDENT)
    assert visit.fields["urgent"] is True
    assert visit.fields["started_on"] <= visit.fields["inspection_approved_on"]


def test_a_late_publication_leaves_no_claim_to_duty_done(played: Played) -> None:
    exemption = played.titled("chaoyang", "2026年检查过的单位出现质量问题")
    assert exemption.fields["e1_duty_performed"] is False
    assert any("结果公示期限」逾期" in line for line in exemption.fields["duty_record"])
    assert exemption.fields["exemption_decision"] == "不具备免责情形"
    refused = supervise.refused(played.engine, "chaoyang", ())
    assert [each.rule for each in refused if each.number == exemption.number] == [
        "履职免责须有记录"
    ]


@pytest.mark.parametrize("city", CITIES)
def test_the_findings_are_those_the_year_tells_of(
    played: Played, overviews: dict[str, Overview], city: str
) -> None:
    seen = overviews[city]
    late = played.visits(played.titled(city, MAIN[city]))[1]
    (unpublished,) = [f for f in seen.findings if f.branch.code == UNPUBLISHED[city]]
    assert unpublished.number == late.number
    assert seen.taken(unpublished) == played.one(city, "accountability").number
    others = {(f.branch.code, f.standing) for f in seen.findings if f is not unpublished}
    # plans of departments that drew nothing all year: people say whether with good reason
    asked = {("L03", "须人认定"), ("L03", "系统可见")}
    assert others == (asked if city == "chaoyang" else set())
    campaign = [
        f.number for f in seen.findings if (f.branch.code, f.standing) == ("L03", "系统可见")
    ]
    complaint = played.below(played.one(city, "lead"), "non_random_inspection")
    assert campaign == ([complaint.number] if city == "chaoyang" else [])


@pytest.mark.parametrize("city", CITIES)
def test_the_boards_show_refused_acts_and_who_met_whom(
    played: Played, overviews: dict[str, Overview], city: str
) -> None:
    seen = overviews[city]
    acts = supervise.refused(played.engine, city, seen.scene.cases)
    assert {"look-at-sealed", "complete-task"} <= {each.command for each in acts}
    pairs = supervise.meetings(played.engine, seen)
    assert pairs
