"""A case that its children only read is read once for each state it is in."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from engine import state
from engine.case import Case
from engine.folding import Parents
from engine.store import eventstore
from engine.store.tables import cases
from tests.engine import chains
from tests.engine.office import Office


def seen(office: Office, parents: Parents, case_id: UUID) -> Case:
    with office.engine.store.read() as connection:
        head = eventstore.lock(connection, case_id, for_update=False)
        assert head is not None
        return parents.look(connection, head, office.engine.shelf.get(head.version))


def test_a_parent_is_read_once_until_something_happens_to_it(office: Office) -> None:
    plan, parents = chains.drafted_plan(office), Parents()
    first = seen(office, parents, plan)
    assert seen(office, parents, plan) is first
    office.do(plan, "sign_off")
    then = seen(office, parents, plan)
    assert state.digest(then) == state.digest(office.case(plan)) != state.digest(first)


def test_a_parent_whose_cached_state_is_gone_is_folded(sqlite_office: Office) -> None:
    office, parents = sqlite_office, Parents()
    plan = chains.drafted_plan(office)
    first = seen(office, parents, plan)
    with office.engine.store.write() as connection:
        connection.execute(update(cases).where(cases.c.case_id == plan).values(state=None))
    again = seen(office, parents, plan)
    assert again is not first
    assert state.digest(again) == state.digest(first)


def test_few_parents_are_kept(sqlite_office: Office) -> None:
    office, parents = sqlite_office, Parents(most=1)
    one, other = chains.drafted_plan(office), chains.drafted_plan(office)
    first = seen(office, parents, one)
    seen(office, parents, other)
    assert seen(office, parents, one) is not first
