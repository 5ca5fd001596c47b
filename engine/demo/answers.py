"""What the people of a demonstration write into a form: the form's own schema, and a few habits.

A field has one meaning everywhere, so habits are by field; the schema supplies the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine import joint
from engine.case import Case
from engine.draw import beacon
from engine.draw.reveals import Reveal
from engine.forms import Form
from engine.registry import synthetic
from engine.registry.types import ItemClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who fills in what, when: the case as it stands, the day, and what the scenario wants."""

    case: Case
    element: str
    key: str
    today: date
    wishes: Mapping[str, Any] = field(default_factory=dict)

    def chance(self, what: str, percent: int) -> bool:
        """Return a choice that is the same in every run: some businesses have problems."""
        named = f"{self.case.number}|{self.case.title}|{what}".encode()
        return int.from_bytes(hashlib.sha256(named).digest()[:4], "big") % 100 < percent

    def known(self, name: str, default: Any = None) -> Any:
        return self.case.fields.get(name, default)

    @property
    def has_problem(self) -> bool:
        return bool(self.wishes.get("has_problem", self.chance("problem", 22)))


Habit = Callable[[Scene], Any]

LEFT_OUT = object()  # a habit that leaves an optional field empty


def fill(form: Form, scene: Scene) -> dict[str, Any]:
    """Return a valid answer to a form; every mistake left is the schema's word against a habit."""
    data: dict[str, Any] = {}
    properties: Mapping[str, Mapping[str, Any]] = form.schema.get("properties", {})
    required = set(form.schema.get("required", ()))
    for name, schema in properties.items():
        value = _value(name, schema, scene, needed=name in required)
        if value is not LEFT_OUT:
            data[name] = value
    for _ in range(len(properties)):
        wanted = _still_required(form, data)
        if not wanted:
            break
        for name in wanted:
            data[name] = _value(name, properties[name], scene, needed=True)
    return data


def _still_required(form: Form, data: dict[str, Any]) -> list[str]:
    """Return what a conditional part of the schema asks for besides."""
    missing = []
    for error in form.validator.iter_errors(data):
        if error.validator == "required" and isinstance(error.instance, dict):
            missing += [name for name in error.validator_value if name not in error.instance]
    return [name for name in missing if name in form.schema["properties"]]


def _value(name: str, schema: Mapping[str, Any], scene: Scene, *, needed: bool) -> Any:
    if name in scene.wishes:
        wish = scene.wishes[name]
        return wish() if callable(wish) else wish
    if "const" in schema:
        return schema["const"]
    if "enum" not in schema and _is_prefilled(name, scene):
        return scene.known(name)
    if name in HABITS:
        found = HABITS[name](scene)
        if found is not LEFT_OUT or not needed:
            return found
    if "default" in schema:
        return schema["default"]
    return _plausible(name, schema, scene) if needed else LEFT_OUT


def _is_prefilled(name: str, scene: Scene) -> bool:
    """Return whether the case already holds the field, as the page would show it filled in."""
    known = None if name in joint.REVIEWED else scene.known(name)
    return known is not None and not (isinstance(known, dict) and "personal" in known)


def _plausible(name: str, schema: Mapping[str, Any], scene: Scene) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "boolean":
            return True
        case "integer":
            return max(int(schema.get("minimum", 0)), 1)
        case "array":
            return [] if not schema.get("minItems") else [_plausible(name, schema["items"], scene)]
        case _:
            if schema.get("format") == "date":
                return scene.today.isoformat()
            return f"{schema.get('title', name)}（演示）"


def _today(scene: Scene) -> str:
    return scene.today.isoformat()


def _item_results(scene: Scene) -> list[dict[str, Any]]:
    """Return one line per item; a business with a problem has it in the first.

    On a joint visit one department finds it, the others do not."""
    items = scene.known("items", ["检查事项"])
    if not scene.key:
        return [_row(item, scene.has_problem and place == 0) for place, item in enumerate(items)]
    mine = scene.has_problem and scene.key == _finder(scene)
    rows = enumerate(joint.items_of(scene.case, scene.key))
    return [_row(item, mine and place == 0) for place, item in rows]


def _row(item: str, has_problem: bool) -> dict[str, Any]:
    if not has_problem:
        return {"item": item, "codes": ["未发现问题"]}
    note = "后厨台账登记不全（演示）"
    return {"item": item, "codes": ["发现问题待后续处理"], "note": note}


def _finder(scene: Scene) -> str:
    """Return the department that finds what there is to find, the same in every run."""
    there = joint.departments(scene.case)
    return next((code for code in there if scene.chance(f"finds {code}", 40)), there[0])


def _list_findings(scene: Scene) -> Any:
    """Return what happened on the spot: on a joint visit only the finder has something to say."""
    if not scene.has_problem or (scene.key and scene.key != _finder(scene)):
        return LEFT_OUT
    return "现场发现问题，已当场告知。"


def _sends_back(scene: Scene) -> bool:
    """Return whether the leader sends a list back: once, and not in most visits."""
    if "lists_decision" in scene.wishes:
        return bool(scene.wishes["lists_decision"] == "退回补正")
    wanted = scene.wishes.get("sends_back", scene.chance("sends back", 12))
    return bool(wanted) and scene.case.turns.get(joint.LISTS, 1) == 1


def _disposition(scene: Scene) -> str:
    chosen = scene.known("chosen_dispositions", ())
    if chosen:
        return str(chosen[0])  # by the departments that found something
    if not scene.has_problem:
        return "无需后续处置"
    return _pursuit(scene)


def _list_disposition(scene: Scene) -> Any:
    """Return how a department deals with what its own list says; nothing found, nothing said."""
    rows = scene.wishes.get("item_results") or _item_results(scene)
    if not any("发现问题待后续处理" in row.get("codes", ()) for row in rows):
        return LEFT_OUT
    return scene.wishes.get("disposition") or _pursuit(scene)


def _pursuit(scene: Scene) -> str:
    if scene.chance("own case", 25):
        return "本部门立案"
    return "移送" if scene.chance("transfer", 12) else "责令改正"


def _beacon_value(scene: Scene) -> str:
    return beacon.demo_value(scene.known("beacon_round_name", ""))


def _is_demo(scene: Scene) -> bool:
    return bool(scene.known("beacon_kind") == "演示")


def _sealers(scene: Scene) -> list[str]:
    return [*scene.case.parties.get("lead", ())[:1], "justice", "notary"]


def _own(scene: Scene, what: str) -> str:
    """Return what a party keeps to itself; a demonstration has no dice of its own."""
    return hashlib.sha256(f"{scene.case.number}|{scene.key}|{what}".encode()).hexdigest()


def _promise(scene: Scene) -> Reveal:
    return Reveal(party=scene.key, salt=_own(scene, "salt"), value=_own(scene, "value"))


def _later(days: int) -> Habit:
    return lambda scene: date.fromordinal(scene.today.toordinal() + days).isoformat()


def _items(scene: Scene) -> Any:
    """Return an ordinary item of the department in the synthetic list: a plan names no other."""
    if scene.case.jurisdiction not in synthetic.worlds():
        return LEFT_OUT
    own = next(iter(scene.case.parties.get("lead", ())), "")
    listed = synthetic.items(synthetic.world(scene.case.jurisdiction))
    ordinary = [item for item in listed if item.item_class is ItemClass.GENERAL]
    mine = [item for item in ordinary if item.department == own] or ordinary
    return [item.item_code for item in mine[:1]]


HABITS: Mapping[str, Habit] = {
    "items": _items,
    "plan_year": lambda scene: scene.known("plan_year", scene.today.year),
    "item_results": _item_results,
    "findings": _list_findings,
    "lists_decision": lambda s: "退回补正" if _sends_back(s) else "确认",
    "returned_departments": (
        lambda s: list(joint.departments(s.case)[-1:]) if _sends_back(s) else LEFT_OUT
    ),
    "return_reason": (lambda s: "取证材料没有写明，请补充（演示）" if _sends_back(s) else LEFT_OUT),
    "conclusion": lambda scene: "发现问题" if scene.has_problem else "未发现问题",
    "disposition": _disposition,
    "list_disposition": _list_disposition,
    "disposition_note": lambda s: "限期改正并复查。" if s.has_problem else LEFT_OUT,
    "outside_scope_found": lambda _: False,
    "started_on": _today,
    "ended_on": _today,
    "started_at": lambda _: "09:30",
    "ended_at": lambda _: "11:00",
    "oral_approved_at": lambda scene: f"{scene.today.isoformat()} 08:30",
    "place": lambda scene: scene.known("subject_address") or "经营场所",
    "special_case": lambda scene: scene.chance("special", 8),
    "visit_planned_on": _later(4),
    "beacon_kind": lambda _: "演示",
    "beacon_round": lambda _: "演示轮次",
    "beacon_value": _beacon_value,
    "beacon_value_again": _beacon_value,
    "beacon_place": lambda _: "演示会议室",
    "beacon_device": lambda _: LEFT_OUT,
    "beacon_witnesses": lambda s: LEFT_OUT if _is_demo(s) else ["公证员（演示）"],
    "seal_parties": lambda s: _sealers(s) if s.known("surprise") else LEFT_OUT,
    "seal_secret": lambda s: _own(s, "value"),
    "promise_commit": lambda s: _promise(s).commit.commit,
    "reveal_salt": lambda s: _promise(s).salt,
    "reveal_value": lambda s: _promise(s).value,
    "surprise_approved": lambda scene: bool(scene.known("surprise")),
    "recused_inspector": lambda scene: scene.known("recused_inspector", "PEOPLE-001"),
    "recused_unit": lambda _: "912201040000000000",
    "rectify_by": _later(15),
    "reinspection_outcome": lambda _: "销号",
    "reinspection_conclusion": lambda _: "已改正",
    "withheld": lambda _: False,
    "receipt_number": lambda scene: f"演示回执-{scene.case.number}",
    "suspected_crime": lambda _: False,
    "receiver": lambda _: "tax",
    "own_case_decision": lambda _: "予以立案",
    "decision_kind": lambda _: "行政处罚",
    "investigators": lambda _: 2,
    "countersign_opinion": lambda s: "提出意见" if s.chance(f"say {s.key}", 20) else "确认",
    "withholding_ground": lambda _: "无",
    "resampled": lambda _: False,
    "conformity_report_valid": lambda _: False,
    "joint": lambda scene: len(scene.case.parties.get("participants", ())) > 0,
    "surprise": lambda _: False,
    "plan_surprise": lambda _: False,
    "plan_surprise_ground": lambda _: LEFT_OUT,
    "full_coverage": lambda _: False,
    **dict.fromkeys(("ratio_a", "ratio_b", "ratio_c", "ratio_d"), lambda s: s.known("ratio")),
}
