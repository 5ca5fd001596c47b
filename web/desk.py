"""One open task as its page needs it: the question form, what is known already, who may do it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from flask import request, url_for

from engine import guards
from engine.case import Case, Offer
from engine.draw import beacon
from engine.errors import FormInvalid, NotYourTask, Refusal
from engine.events import CaseOpened
from engine.joint import LISTED
from engine.store import drafts, eventstore, people, worklists
from engine.store.database import Connection
from engine.store.drafts import Answers
from engine.store.people import Person
from engine.store.worklists import WorkItem
from web import checklists, dossier, promises, returned, reviewing, uploads
from web.asked import whole
from web.checklists import Sheet
from web.choices import Choices
from web.dossier import Dossier, actor_of
from web.forms import posted, prefill
from web.forms.check import Problem
from web.forms.schema import Field, Form
from web.language import gettext as _
from web.language import language
from web.named import named
from web.promises import Promise
from web.releases import problems_in
from web.returned import Returned
from web.reviewing import Review
from web.site import site
from web.words import Words

if TYPE_CHECKING:
    from engine.history import Record
    from engine.process.definition import Node


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An open task in front of a person who may do it."""

    path: str  # "element" or "element@key": how addresses name the task
    element: str
    key: str
    person: Person
    dossier: Dossier
    case: Case
    offer: Offer
    item: WorkItem | None
    draft: Answers | None
    holder: str | None  # who holds it, by name
    choices: Choices
    words: Words
    colleagues: tuple[Person, ...]

    @property
    def case_id(self) -> UUID:
        return self.case.case_id

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def title(self) -> str:
        return self.offer.name

    @property
    def node(self) -> Node:
        return self.dossier.version.node(self.element)

    @property
    def is_mine(self) -> bool:
        return self.case.claims.get((self.element, self.key)) == self.person.id

    @property
    def is_held(self) -> bool:
        """Tell whether somebody else has taken it."""
        return self.holder is not None and not self.is_mine

    @cached_property
    def form(self) -> Form | None:
        return None if self.offer.missing else self.dossier.form_of(self.element)

    def not_offered(self, answers: Answers) -> tuple[Problem, ...]:
        """Return each question whose answer names an item that is not among those offered."""
        return tuple(
            Problem(
                path=field.name,
                message=_("「%(title)s」：请从所列选项中选择。", title=_(field.title)),
            )
            for field in (self.form.fields if self.form else ())
            if self.choices.lacks(field, answers.get(field.name))
        )

    @cached_property
    def records(self) -> tuple[Record, ...]:
        return self.dossier.records(self.choices.tx)

    @property
    def guards(self) -> tuple[str, ...]:
        """Return the rules that are assessed before the task may be completed."""
        form = self.dossier.version.form_of(self.element)
        return form.guards if form and not self.offer.missing else ()

    @property
    def demo_value(self) -> str | None:
        """Return what a demonstration's round has thrown; None when a real one is awaited."""
        asked = self.form is not None and self.form.schema.get("x-docket") == "record"
        name = self.case.fields.get("beacon_round_name")
        if not asked or not name or self.case.fields.get("beacon_kind") != "演示":
            return None
        return beacon.demo_value(str(name))

    @cached_property
    def promise(self) -> Promise | None:
        """Return what a party sees of its own random value; None for any other task."""
        if self.form is None:
            return None
        asked = {field.name for field in self.form.fields}
        return promises.of(self.case, self.dossier.version, self.key, asked)

    @property
    def keeps_drafts(self) -> bool:
        """Tell whether unfinished answers may stay here; a value not yet revealed may not."""
        return self.promise is None or self.promise.step == promises.PROMISE

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return checklists.shown_at(self.case, self.element, self.words)

    @property
    def release_problems(self) -> list[dict[str, object]]:
        return problems_in(self.case.fields)

    def answers(self) -> Answers:
        """Return the draft, or what the case already knows of the same questions."""
        if self.draft is not None:
            return self.draft
        known = checklists.known(self.case, self.element, self.key)
        engine_form = self.dossier.version.form_of(self.element)
        judges = bool(engine_form and engine_form.not_by)
        return prefill.of(self.form, known, judges=judges) if self.form else {}

    @cached_property
    def review(self) -> Review | None:
        """Return what a release would change, for whoever judges it; its author knows."""
        if self.form is None or self.form.field("release_files"):
            return None
        return reviewing.of(self.choices.tx, self.case, self.dossier.version)

    def shown(self) -> list[returned.Known]:
        """Return what the form wants seen beside its questions, in words."""
        seen = {LISTED, "findings"} if self.sheets else set()  # the lists say it, row by row
        seen |= self.returned.names if self.returned else frozenset()
        wanted = [name for name in (self.form.shows if self.form else ()) if name not in seen]
        return returned.known(self.case, self.dossier.version, wanted=wanted, words=self.words)

    @cached_property
    def returned(self) -> Returned | None:
        """Return why the task is here once more; None on its first visit."""
        if self.offer.turn < returned.AGAIN:
            return None
        return returned.of(
            self.case,
            self.dossier.version,
            (self.element, self.key),
            records=self.records,
            here=self.form,
            forms=self.dossier.forms,
            words=self.words,
        )

    def in_words(self, answers: Answers) -> list[tuple[str, str, str]]:
        """Return (field name, question, answer in words) for the page that checks answers."""
        where = self.case.jurisdiction
        return [
            (field.name, field.title, self.choices.words(answers.get(field.name), field, where))
            for field in (self.form.fields if self.form else ())
            if field.widget != "hidden"
        ]

    def posted(self, *, blank_rows: bool = False) -> Answers:
        if self.form is None:
            return {}
        return posted.typed(
            self.form, request.form, uploads.taken_in(self.form), blank_rows=blank_rows
        )

    def keep(self, answers: Answers) -> None:
        """Keep the form as it is, for this person alone; a secret is never kept in a draft."""
        if not self.keeps_drafts:
            return
        here = site()
        form = self.dossier.version.form_of(self.element)
        sealed = form.sealed if form else frozenset()
        answers = {name: value for name, value in answers.items() if name not in sealed}
        with here.store.write() as tx:
            drafts.save(
                tx,
                self.case_id,
                self.element,
                self.key,
                self.person.id,
                answers=answers,
                at=here.now(),
            )

    def supplied(self) -> Answers:
        """Return the facts entered for what a rule still misses, by the fields they come from."""
        return {
            field.name: value
            for field in self.missing
            if (value := posted.one(field, request.form.getlist(field.name))) is not None
        }

    @cached_property
    def missing(self) -> tuple[Field, ...]:
        """Return a question for every fact that is still unknown."""
        names = self.dossier.version.law.program.names
        return tuple(
            prefill.question(names.terms[path], names.enums, self.dossier.questions)
            for path in self.offer.missing
            if path in names.terms
        )

    def problems(self, refused: Refusal) -> Iterator[Problem]:
        """Say what was refused, at the field it is about where it is about one."""
        form = self.dossier.version.form_of(self.element)
        if isinstance(refused, FormInvalid) and self.form:
            for title, message in refused.problems:
                about_it = (each.name for each in self.form.fields if title.startswith(each.title))
                yield Problem(path=next(about_it, ""), message=f"{title}：{message}")
            return
        about = {
            "reason-required": form.reason_field if form else None,
            "beacon-mismatch": next(iter(form.schema.get("required", ())), None) if form else None,
        }
        yield Problem(
            path=about.get(refused.code) or "", message=named(refused.sentence(language()))
        )

    def turn_seen(self) -> int:
        """Return the visit whose form was filled in, so that an old page cannot be handed in."""
        return whole(request.form.get("turn", ""), otherwise=self.offer.turn)

    def address(self, step: str = "") -> str:
        page = url_for("tasks.show", number=self.number, element=self.path)
        return f"{page}/{step}" if step else page


@contextmanager
def opened(number: str, path: str, person: Person) -> Iterator[Desk]:
    """Open a task for a person; refused when it is not open, or not theirs."""
    element, _at, key = path.partition("@")
    with site().store.read() as tx:
        found = dossier.find(tx, number, person)
        if request.method == "GET":
            found.records(tx)  # nobody is asked to go on with a history that does not fit
        case = found.state(tx)
        offer = guards.open_offer(case, (element, key))
        if guards.seat_of(offer, actor_of(person)) is None:
            raise NotYourTask(task=offer.name, role=offer.lane)
        yield _desk(tx, found, case, offer, path, person)


def _desk(
    tx: Connection, found: Dossier, case: Case, offer: Offer, path: str, person: Person
) -> Desk:
    element, _at, key = path.partition("@")
    held_by = case.claims.get((element, key))
    everyone = people.everyone(tx, case.jurisdiction, at=site().now())
    begun = eventstore.history(tx, case.case_id, upto=1)[0]
    return Desk(
        path=path,
        element=element,
        key=key,
        person=person,
        dossier=found,
        case=case,
        offer=offer,
        item=worklists.work_item(tx, case.case_id, element, key),
        draft=drafts.load(tx, case.case_id, element, key, person.id),
        holder=next((each.name for each in everyone if each.id == held_by), held_by),
        choices=Choices(
            tx=tx,
            where=case.jurisdiction,
            fields=checklists.known(case, element, key),
            begun=begun.event.fields if isinstance(begun.event, CaseOpened) else {},
            people=everyone,
            own=person.departments,
        ),
        words=found.words(tx, case.fields),
        colleagues=tuple(
            each
            for each in everyone
            if each.id != person.id and not each.disabled and set(each.seats) & set(offer.seats)
        ),
    )
