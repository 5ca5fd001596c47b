"""Nothing leaves a department before its head has signed it; every exception says why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
DIAGRAMS = sorted((ROOT / "workflows").glob("*/*.bpmn"))
CITIES = ("chaoyang", "panjin")
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PUBLISHES = ("publication.", "replacement.publish", "draw.disclose")

CARRIES = "只是送出负责人已经审签的原件，不改内容"
ANSWERS = "受理、审核、会签的答复本身就是这个席位的职权，不是本部门报出的材料"
MEETING = "随机值、承诺值是抽取的当场记录，多方在场，不代表部门表态"
TEAM = "检查组受部门指派，现场作出结论，组长负责；谁检查、谁公示"
HEARING = "请对方说话，还没有作出任何决定；决定由负责人作"

SEATS: Mapping[str, str] = {
    "检查组长": TEAM,
    "检查组成员": TEAM,
    "当事人": "当事人为自己申辩，不代表部门",
    "摇号录入人": MEETING,
    "摇号复核人": MEETING,
    "承诺方经办人": MEETING,
    "封存方经办人": MEETING,
}
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("accountability", "investigate"): HEARING,
    ("exemption", "register"): HEARING,
    ("ad_hoc_plan", "submit"): CARRIES,
    ("annual_plan", "submit"): CARRIES,
    ("joint_plan", "submit"): CARRIES,
    ("plan_amendment", "submit"): CARRIES,
    ("circular", "send"): CARRIES,
    ("transfer", "send"): CARRIES,
    ("annual_plan", "supplement"): "补正的是已经审签的计划的附件，计划不变",
    ("joint_plan", "supplement"): "补正的是已经审签的计划的附件，计划不变",
    ("plan_amendment", "supplement"): "补正的是已经审签的计划的附件，计划不变",
    ("ad_hoc_plan", "review"): ANSWERS,
    ("annual_plan", "review"): ANSWERS,
    ("joint_plan", "review"): ANSWERS,
    ("plan_amendment", "review"): ANSWERS,
    ("scheme", "review"): ANSWERS,
    ("inspector_filing", "receive"): ANSWERS,
    ("annual_plan", "file"): ANSWERS,
    ("joint_plan", "file"): ANSWERS,
    ("plan_amendment", "file"): ANSWERS,
    ("non_random_inspection", "file"): ANSWERS,
    ("non_random_inspection", "file_late"): ANSWERS,
    ("joint_plan", "countersign"): ANSWERS,
    ("joint_plan", "coordinate"): ANSWERS,
    ("own_case", "legal_review"): ANSWERS,
    ("release", "countersign"): ANSWERS,
    ("transfer", "acknowledge"): "签收是收件人的回执",
    ("own_case", "investigate"): "法制审核在负责人作决定之前，是办案的内部环节",
    ("release", "upload"): "新版本由法制审核人会签才生效，不是部门的材料",
    ("inspection_task", "pools"): "人员取自已备案的名录，按发起部门的要求添加",
    ("inspection_task", "receipt"): "登记的是已经公示的内容的回执",
    ("inspection", "upload"): TEAM,
    ("inspection", "receipt"): TEAM,
    ("non_random_inspection", "conclude"): TEAM,
    ("rectification", "serve"): CARRIES,
    ("rectification", "receipt"): "复查由原检查组办，仍是本部门",
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram as who sits where and what comes before what, inside sub-processes as well."""

    name: str
    tasks: Mapping[str, str]  # people's tasks and publications: their lane
    services: frozenset[str]
    seats: Mapping[str, Mapping[str, Any]]
    before: dict[str, list[str]] = field(default_factory=dict)

    def department(self, task: str) -> str:
        seat = self.seats[self.tasks[task]]
        return str(seat.get("department") or seat.get("party") or seat.get("persons"))

    def is_head(self, task: str) -> bool:
        return self.seats[self.tasks[task]].get("position") == "head"

    def unsigned(self, leaving: str) -> Iterator[str]:
        """Yield whose work reaches `leaving` from another seat without a head in between."""
        seen: set[str] = set()
        waiting = list(self.before.get(leaving, ()))
        while waiting:
            element = waiting.pop()
            if element in seen:
                continue
            seen.add(element)
            if self._is_passed(element):
                waiting += self.before.get(element, ())
            elif self._goes_out(element, leaving) and not self.is_head(element):
                yield element

    def _is_passed(self, element: str) -> bool:
        """Return whether one must look further back: nobody's own work, or a seat beside it."""
        own = element in self.tasks and element not in self.services
        return not own or self.tasks[element] in SEATS

    def _goes_out(self, element: str, leaving: str) -> bool:
        return leaving in self.services or self.department(element) != self.department(leaving)


def _drawings() -> Iterator[tuple[str, Path]]:
    for path in DIAGRAMS:
        for city in CITIES if path.parent.name == "common" else (path.parent.name,):
            yield city, path


def read(city: str, path: Path) -> Drawing:
    root = etree.fromstring(path.read_bytes())
    lanes = {
        str(member.text): str(lane.get("name"))
        for lane in root.iter(f"{BPMN}lane")
        for member in lane.findall(f"{BPMN}flowNodeRef")
    }
    published = {
        str(each.get("id"))
        for each in root.iter(f"{BPMN}serviceTask")
        if str(each.get("implementation")).startswith(PUBLISHES)
    }
    people = {str(each.get("id")) for each in root.iter(f"{BPMN}userTask")}
    around = _around(root)
    tasks = {each: lanes.get(each) or lanes[around[each]] for each in people | published}
    organisation = tomllib.loads((ROOT / f"rules/packs/{city}/organisation.toml").read_text())
    drawing = Drawing(path.stem, tasks, frozenset(published), organisation["roles"])
    for before, after in _order(root):
        drawing.before.setdefault(after, []).append(before)
    return drawing


def _around(root: Any) -> dict[str, str]:
    return {
        str(inner.get("id")): str(outer.get("id"))
        for outer in root.iter(f"{BPMN}subProcess")
        for inner in outer
    }


def _order(root: Any) -> Iterator[tuple[str, str]]:
    """Yield what comes before what; a sub-process is entered at its start, left at its ends."""
    inner = {str(each.get("id")): each for each in root.iter(f"{BPMN}subProcess")}
    flows = [
        (str(flow.get("sourceRef")), str(flow.get("targetRef")))
        for flow in root.iter(f"{BPMN}sequenceFlow")
    ]
    for before, after in flows:
        starts = inner[after].findall(f"{BPMN}startEvent") if after in inner else ()
        yield from [(before, str(start.get("id"))) for start in starts] or [(before, after)]
    for name, each in inner.items():
        yield from ((str(end.get("id")), name) for end in each.findall(f"{BPMN}endEvent"))
    for event in root.iter(f"{BPMN}boundaryEvent"):  # the task it stands on is not done
        held = str(event.get("attachedToRef"))
        yield from ((before, str(event.get("id"))) for before, after in flows if after == held)


def leaves_unsigned(drawing: Drawing) -> set[tuple[str, str]]:
    return {(drawing.name, task) for each in drawing.tasks for task in drawing.unsigned(each)}


@pytest.mark.parametrize(("city", "path"), list(_drawings()), ids=lambda x: getattr(x, "stem", x))
def test_what_leaves_a_department_was_signed_by_its_head(city: str, path: Path) -> None:
    """Tagged with A-1: 部门负责人审签 before a plan leaves the department."""
    assert leaves_unsigned(read(city, path)) - set(EXCEPTIONS) == set()


def test_no_exception_is_left_over() -> None:
    needed = {found for city, path in _drawings() for found in leaves_unsigned(read(city, path))}
    assert set(EXCEPTIONS) - needed == set()


def test_a_plan_that_goes_around_before_it_is_signed_is_found() -> None:
    drawing = read("panjin", ROOT / "workflows/panjin/joint_plan.bpmn")
    drawing.before["countersign"].append("draft")
    assert ("joint_plan", "draft") in leaves_unsigned(drawing)
