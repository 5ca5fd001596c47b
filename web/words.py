"""What a case's recorded fields are called, and what their values say: names instead of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from engine.clock import instant as read_instant
from engine.history import Json
from engine.joint import LISTS
from engine.registry.types import RegistryKind
from engine.store import people, readings, registry
from engine.store.database import Connection
from engine.succession import SENT, STANDS_IN
from engine.version import Version
from web import shown
from web.choices import Choices
from web.forms.schema import Field
from web.language import gettext as _
from web.own_words import OWN_WORDS
from web.site import site

_STAMP_WORDS = {
    "person": "办理人",
    "date": "办理日期",
    "department": "办理部门",
    "instant": "办理时间",
    "items.batch": "名录批次",
    "concerned": "是否当事人",
}
_ANSWERS, _SILENT, _DOCUMENT = "_answers", "_silent", "_document"
_CASE = "_case"
# what only the engine writes, in a word of its own
_VALUES: Mapping[str, Mapping[str, LazyString]] = {
    "draw_mode": {"open": _l("公开抽取"), "sealed": _l("封存抽取")},
}


@dataclass(frozen=True, kw_only=True)
class Words:
    """Names for one case; everything that needs the database is read at most once."""

    tx: Connection
    where: str
    version: Version
    choices: Choices
    ids: frozenset[str] = field(default_factory=frozenset)  # of people, named in the record

    def title(self, name: str) -> str:
        """Return a field's name: the question asked, the rules' term, or the engine's own word."""
        question = self.questions.get(name)
        if question is not None:
            return _(question.title)
        if name in OWN_WORDS:
            return _(OWN_WORDS[name])
        return self._of_the_rules(name) or self._of_a_stamp(name) or self._of_a_task(name) or name

    def value(self, name: str, value: Json) -> str:
        """Return a value in words; an id of a person, department or item gets its name."""
        plain = self._engine_value(name, value)
        if plain is not None:
            return plain
        kind, _form = self.stamps.get(name, ("", ""))
        if kind == "person" or name.endswith("_by"):
            return self.person(str(value))
        if kind == "department" or name.endswith("department"):
            return shown.department(str(value), self.where)
        if kind == "instant":
            return shown.instant(read_instant(str(value)))
        if name.endswith(_ANSWERS) and isinstance(value, list):
            return "\n".join(self._answers([each for each in value if isinstance(each, dict)]))
        if name.endswith(_SILENT) and isinstance(value, list):
            return "、".join(shown.department(str(code), self.where) for code in value) or "—"
        if name.endswith("departments") and isinstance(value, list):
            return "、".join(shown.department(str(code), self.where) for code in value) or "—"
        if name == "team" and isinstance(value, list):
            return "、".join(self.inspectors.get(str(each), str(each)) for each in value)
        if name == "items":
            return self.choices.words(value, _ITEMS, self.where)
        return self.choices.words(value, self.questions.get(name), self.where)

    def is_plain(self, name: str, value: Json) -> bool:
        """Tell whether a field is for people; hashes, lists of rows and unnamed ones are not."""
        if name == f"{LISTS}{_ANSWERS}":
            return False  # a table of its own shows them
        if name == "beacon_value" and "beacon" not in self.choices.fields:
            return False  # covered until a second person has entered the same
        if name in self.questions or name.endswith((_ANSWERS, _SILENT)):
            return True
        if name in self.stamps and name not in self.terms:
            return False  # who and when stand in the history beside the step
        if isinstance(value, dict) or _is_rows(value) or self.title(name) == name:
            return False
        return not (isinstance(value, str) and len(value) == 64)

    def person(self, identity: str) -> str:
        return self.people.get(identity, identity)

    def _engine_value(self, name: str, value: Json) -> str | None:
        """Return words for what no form asked: nothing, a code of the engine, another case."""
        if value is None or value == "":
            return "—"
        if name == "release_processes" and isinstance(value, list):
            return "、".join(shown.process(str(code), self.where) for code in value) or "—"
        if not isinstance(value, str):
            return None
        if name in _VALUES and value in _VALUES[name]:
            return str(_VALUES[name][value])
        return self.case_number(value) if name.endswith(_CASE) else None

    def case_number(self, named: str) -> str:
        """Return the number people use; a case is named by it, or by its id where a program did."""
        try:
            row = readings.case_by_id(self.tx, UUID(named))
        except ValueError:
            return named
        return row.number if row else named

    def party(self, name: str) -> str:
        """Return what a party is called here: 发起部门 in one city, 牵头部门 in another."""
        labels = self.version.law.organisation.labels
        if name.startswith(STANDS_IN):
            former = shown.department(name.removeprefix(STANDS_IN), self.where)
            return _("承接%(former)s的工作", former=former)
        if name.startswith(SENT):
            sender = shown.department(name.removeprefix(SENT), self.where)
            return _("%(department)s派出的人", department=sender)
        return labels.get(name) or _(OWN_WORDS.get(name, name))

    def members(self, ids: tuple[str, ...]) -> str:
        """Name the members of a party: departments, inspectors or other people."""
        return "、".join(
            self.inspectors.get(each) or self.people.get(each) or shown.department(each, self.where)
            for each in ids
        )

    @cached_property
    def questions(self) -> Mapping[str, Field]:
        return site().questions.get(self.where, {})

    @cached_property
    def stamps(self) -> dict[str, tuple[str, str]]:
        """Return field → (what is stamped, the form that stamps it)."""
        forms = self.version.forms.values()
        return {name: (kind, form.title) for form in forms for name, kind in form.stamps.items()}

    @cached_property
    def people(self) -> dict[str, str]:
        return people.names(self.tx, self.ids)

    @cached_property
    def inspectors(self) -> dict[str, str]:
        team = self.choices.fields.get("team")
        ids = [str(each) for each in team] if isinstance(team, list) else []
        found = registry.find_many(self.tx, self.where, RegistryKind.INSPECTORS, ids)
        return {identity: f"{row.name}（{identity}）" for identity, row in found.items()}

    @cached_property
    def terms(self) -> dict[str, str]:
        known = self.version.law.program.names.terms.values()
        return {
            term.key.removeprefix("case."): term.path
            for term in known
            if term.key and term.key.startswith("case.")
        }

    def _of_the_rules(self, name: str) -> str | None:
        return self.terms.get(name)

    def _of_a_stamp(self, name: str) -> str | None:
        kind, form = self.stamps.get(name, ("", ""))
        words = _STAMP_WORDS.get(kind)
        return f"{_(form)}：{_(words)}" if words else None

    def _of_a_task(self, name: str) -> str | None:
        for ending, words in ((_ANSWERS, "各部门答复"), (_SILENT, "未答复的部门")):
            if name.endswith(ending):
                task = self.version.definition.label(name.removesuffix(ending))
                return f"{task}：{_(words)}"
        return None

    def _answers(self, said: list[dict[str, Json]]) -> Iterator[str]:
        """Yield one line a department; what it said before it was asked again is marked so."""
        for place, each in enumerate(said):
            later = said[place + 1 :]
            is_earlier = any(other.get("department") == each.get("department") for other in later)
            line = self._answer(each)
            yield _("此前：%(line)s", line=line) if is_earlier else line

    def _answer(self, said: Mapping[str, Json]) -> str:
        """Return who answered, when, and what: of the question names only those that are needed."""
        asked = {
            name: value
            for name, value in said.items()
            if name not in ("department", "by", *self.stamps) and value not in ("", None, [])
        }
        days = [
            str(value) for name, value in said.items() if self.stamps.get(name, "")[:1] == ("date",)
        ]
        rest = [
            self.value(name, value)
            if isinstance(value, str)
            else f"{self.title(name)} {self.value(name, value)}"
            for name, value in asked.items()
        ]
        who = shown.department(str(said.get("department", "")), self.where)
        by = "，".join([self.person(str(said.get("by", ""))), *days])
        return f"{who}（{by}）{'；'.join(rest)}"


_ITEMS = Field(path="items", title="", help="", widget="items", required=False, schema={})


def people_in(fields: Any) -> Iterator[str]:
    """Yield every text that may be a person's id, for one look at the names."""
    for name, value in dict(fields or {}).items():
        if isinstance(value, str) and name.endswith("_by"):
            yield value
        elif name.endswith(_ANSWERS) and isinstance(value, list):
            yield from (
                str(each["by"]) for each in value if isinstance(each, dict) and "by" in each
            )


def documents_in(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (number, address) of every document the case has made."""
    return [
        (str(fields.get(f"{name}_no", name)), str(address))
        for name, address in fields.items()
        if name.endswith(_DOCUMENT) and isinstance(address, str)
    ]


def _is_rows(value: Json) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)
