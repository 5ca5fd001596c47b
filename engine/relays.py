"""What cases tell each other about a draw: a campaign's shared value, the end of surprise visits.

Every telling names its cause, so that a repeated delivery changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine import clock
from engine.case import Case
from engine.commands import SYSTEM, AddComment, DeliverMessage
from engine.errors import AlreadyReceived, CaseIsClosed, NotWaiting
from engine.service import Engine, load
from engine.services import campaigns
from engine.store import eventstore, outbox, readings
from engine.store.outbox import Message

VISIT, REPLACEMENT = "inspection", "replacement_draw"


def tell(
    engine: Engine, case_id: UUID, name: str, cause: Message, fields: Mapping[str, Any]
) -> None:
    """Tell a case something; `cause` names the telling, so that a repetition does not count."""
    command = DeliverMessage(
        case_id=case_id,
        actor=SYSTEM,
        message=name,
        sender=str(cause.case_id),
        fields=dict(fields),
        delivery=f"{cause.case_id}:{cause.seq}:{cause.part}",
    )
    try:
        engine.handle(command)
    except (NotWaiting, CaseIsClosed, AlreadyReceived):
        return  # nobody waits for it, or it was told before a crash


# ---------------------------------------------------------------- campaigns


def campaign(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Tell the members of a campaign that their set of manifests is fixed, or what is lacking.

    It is fixed when all are past their cut-off, at the latest at the moment of the first round."""
    tasks = list(body["tasks"])
    members = _members(engine, tasks)
    facts = {number: case.fields for number, case in members.items()}
    own = next(case for case in members.values() if case.case_id == message.case_id)
    lacking = campaigns.lacking(tasks, facts)
    over = engine.now() >= clock.instant(own.fields["campaign_until"])
    if lacking and not over:
        said = f"联合抽取「{body['campaign']}」还不能摇号：{''.join(lacking)}"
        _comment(engine, message.case_id, said)
        return
    group = campaigns.remaining(own.number, facts)
    for number, told in campaigns.readiness(group, tasks, facts).items():
        tell(engine, members[number].case_id, "campaign-ready", message, told)
    _pass_value_on(engine, message, members, group)


def campaign_news(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Tell the members of a campaign that one has committed its manifest, or has left and why."""
    members = _members(engine, list(body["tasks"]))
    own = next(case for case in members.values() if case.case_id == message.case_id)
    for case in members.values():
        said = _news(own, case, members, body)
        if said:
            _comment(engine, case.case_id, said)


def _news(own: Case, case: Case, members: Mapping[str, Case], body: Mapping[str, Any]) -> str:
    """Return what one member is told: of a leaving the others, of a commitment who it concerns."""
    named = f"联合抽取「{body['campaign']}」"
    when = clock.instant(body["until"]).astimezone(clock.SHANGHAI)
    until = f"到约定的摇号时刻（{when:%Y-%m-%d %H:%M}）"
    if body["left"]:
        told = f"任务 {own.number} 撤回了清单：{body['left']}。{until}仍没有重新登记的，不再参加。"
        return "" if case is own else f"{named}：{told}"
    facts = {number: member.fields for number, member in members.items()}
    lacking = campaigns.disagreements(body["tasks"], facts)
    if lacking:
        return f"{named}还不能摇号：{''.join(lacking)}" if case is own else ""
    return f"{named}的各任务清单都已登记，{until}一起摇号；在此以前可以撤回，此后不能。"


def _comment(engine: Engine, case_id: UUID, said: str) -> None:
    try:
        engine.handle(AddComment(case_id=case_id, actor=SYSTEM, text=said))
    except CaseIsClosed:
        return  # a task that has ended meanwhile waits for nobody


def _pass_value_on(
    engine: Engine, message: Message, members: Mapping[str, Case], group: list[str]
) -> None:
    """Give a member that comes late the value its group already has."""
    first = members[min(group)]
    if "beacon" in first.fields and first.case_id != message.case_id:
        told = {"campaign_beacon": first.fields["beacon"]}
        tell(engine, message.case_id, "campaign-value", message, told)


def campaign_value(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Give the value that one member recorded to the others: one campaign, one value."""
    for case in _members(engine, body["tasks"]).values():
        if case.case_id != message.case_id:
            told = {"campaign_beacon": body["beacon"]}
            tell(engine, case.case_id, "campaign-value", message, told)


def _members(engine: Engine, tasks: list[str]) -> dict[str, Case]:
    found = {}
    with engine.store.read() as connection:
        for number in tasks:
            row = readings.case_by_number(connection, number)
            head = eventstore.lock(connection, row.case_id, for_update=False) if row else None
            if head is not None:
                found[number] = load(connection, head, engine.shelf.get(head.version))
    return found


# ---------------------------------------------------------------- surprise visits


def visit_ended(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Tell a task that its last visit has ended, once that is so."""
    tell_if_visited(engine, UUID(body["parent"]), message)


def tell_if_visited(engine: Engine, task: UUID, cause: Message) -> None:
    """Tell a task that its visits are over: each has ended or was closed, none is still opening."""
    with engine.store.read() as connection:
        if outbox.is_opening(connection, task, VISIT):
            return
        waiting = outbox.unvisited(connection, task, VISIT)
        waiting += outbox.bringing(connection, task, REPLACEMENT)
        ended = [json.loads(said)["on"] for said in outbox.said_by(connection, task, "visit-ended")]
    if not waiting:
        told = {"last_visit_ended": True, **({"last_visit_on": max(ended)} if ended else {})}
        tell(engine, task, "visits-ended", cause, told)


def release_results(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Let the results of all visits out that already wait; the others will ask.

    The task hears of its own opening too: its list is owed to the required channel now."""
    tell(engine, message.case_id, "seal-opened", message, {})
    with engine.store.read() as connection:
        rows = readings.children(connection, message.case_id, limit=100_000)
    still = [row for row in rows if row.closed_at is None]
    visits = [row.case_id for row in still if row.process == VISIT]
    replacements = [row.case_id for row in still if row.process == REPLACEMENT]
    for visit in visits:
        tell(engine, visit, "results-released", message, body["fields"])
    for replacement in replacements:
        tell(engine, replacement, "visits-ended", message, body["fields"])
    if not visits:  # all were closed before the seal was opened: nobody else would tell
        tell(engine, message.case_id, f"{VISIT}s-closed", message, {})


def ask_release(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Let one result out if the task's last visit has ended; otherwise it hears of it later."""
    held = _opening(engine, UUID(body["parent"]))
    if held is not None:
        tell(engine, message.case_id, "results-released", message, held)


def ask_opening(engine: Engine, message: Message, body: Mapping[str, Any]) -> None:
    """Open a replacement if its task is opened; the task may have waited for it alone."""
    task = UUID(body["parent"])
    held = _opening(engine, task)
    if held is not None:
        tell(engine, message.case_id, "visits-ended", message, held)
    else:
        tell_if_visited(engine, task, message)


def _opening(engine: Engine, task_id: UUID) -> Mapping[str, Any] | None:
    """Return what a task says of its opening; None before."""
    with engine.store.read() as connection:
        head = eventstore.lock(connection, task_id, for_update=False)
        assert head is not None
        fields = load(connection, head, engine.shelf.get(head.version)).fields
    names = ("last_visit_ended", "last_visit_on")
    is_open = "seal_opened_on" in fields
    return {name: fields[name] for name in names if name in fields} if is_open else None


RECEIVERS = {
    "campaign": campaign,
    "campaign-news": campaign_news,
    "campaign-value": campaign_value,
    "visit-ended": visit_ended,
    "release-results": release_results,
    "ask-release": ask_release,
    "ask-opening": ask_opening,
}
