"""A declared joint campaign (进一次门、查多项事): several tasks, one random value, one key.

Each manifest names the campaign; the key takes the hash over all of them, so none may be missing
and none may change after the value. The first task by number enters the value for all.

Nobody waits for ever: at the moment of the first round, which stands in every manifest, those that
are committed and say the same go on together, and the others stay out. Nobody chooses.

Until its cut-off, which is before that moment, the initiator of a member may withdraw it. The
others hear of it, and what they publish says who left and why. Afterwards it would be choosing
among outcomes: refused, and kept in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine import history
from engine.bindings import Binding, Outcome, Settling, register
from engine.clock import SHANGHAI, instant
from engine.draw.manifest import Manifest
from engine.draw.refusals import ManifestProblem
from engine.events import Fields


def terms(manifest: Manifest, fields: Fields, stated: datetime | None) -> dict[str, Any]:
    """Return what a member says of its campaign; one whose manifest comes too late is refused.

    `stated` is when the strategy would have the value: a manifest that cannot be ready by then
    would have a round of its own."""
    if manifest.campaign is None:
        # who left a campaign to draw alone no longer says what its members say
        left = {"campaign_terms": "", "campaign_waits": False}
        return {"in_campaign": False, **(left if "campaign_terms" in fields else {})}
    until = manifest.beacon_rule[0].at
    if instant(until) != stated:
        raise ManifestProblem(
            field="campaign",
            why="联合抽取约定的摇号时刻以前，本清单来不及登记截止",
            why_en="it cannot be past its cut-off by the moment the campaign fixed",
        )
    said = [
        manifest.campaign,
        sorted(fields["draw_campaign_tasks"]),
        [this.document() for this in manifest.beacon_rule],
    ]
    return {
        "in_campaign": True,
        "campaign_waits": False,
        "campaign_until": until,
        "campaign_terms": history.address(history.canonical(said)),
    }


def announce(settling: Settling) -> Outcome:
    """Tell the other tasks that this manifest is committed and can no longer be withdrawn."""
    fields = settling.fields
    message = {
        "kind": "campaign",
        "campaign": fields["draw_campaign"],
        "tasks": list(fields["draw_campaign_tasks"]),
    }
    return Outcome(result={"campaign_waits": True}, messages=(message,))


def news(manifest: Manifest, fields: Fields, *, left: str = "") -> tuple[dict[str, Any], ...]:
    """Return the message that tells the other members of a commitment, or of who `left` and why."""
    if manifest.campaign is None:
        return ()
    message = {
        "kind": "campaign-news",
        "campaign": manifest.campaign,
        "tasks": list(fields["draw_campaign_tasks"]),
        "until": manifest.beacon_rule[0].at,
        "left": left,
    }
    return (message,)


def withdrawals(manifest: Manifest, fields: Fields) -> dict[str, Any]:
    """Return what a task keeps of its leaving a campaign; a later manifest does not undo it."""
    if manifest.campaign is None:
        return {}
    this = {
        "campaign": manifest.campaign,
        "manifest": manifest.hash,
        "at": fields["withdrawn_at"],
        "reason": fields["withdrawal_reason"],
    }
    return {"campaign_withdrawals": [*fields.get("campaign_withdrawals", ()), this]}


def lacking(tasks: Sequence[str], members: Mapping[str, Fields]) -> list[str]:
    """Return what keeps a campaign from its random value, a sentence each; none when complete.

    `members` holds the facts of every task that was found, by number."""
    windows = [
        f"任务 {number} 的抽取清单还可以撤回。"
        for number in tasks
        if number in members and not members[number].get("campaign_waits")
    ]
    return disagreements(tasks, members) or windows


def disagreements(tasks: Sequence[str], members: Mapping[str, Fields]) -> list[str]:
    """Return who is not committed yet, or to something else, a sentence each."""
    found = []
    said = [members[number] for number in tasks if number in members]
    for number in tasks:
        facts = members.get(number)
        if facts is None:
            found.append(f"没有找到任务 {number}。")
        elif not _is_committed(facts):
            found.append(f"任务 {number} 的抽取清单尚未登记。")
        elif sorted(facts.get("draw_campaign_tasks", ())) != sorted(tasks):
            found.append(f"任务 {number} 所列的联合任务与本任务不同。")
        elif facts.get("campaign_terms") != said[0].get("campaign_terms"):
            found.append(f"任务 {number} 的联合抽取名称或随机源、摇号时刻与其他任务不同。")
    return found


def remaining(own: str, members: Mapping[str, Fields]) -> list[str]:
    """Return who goes on with `own` when the time has come: all that committed to the same terms.

    After the first round's moment this never changes: no cut-off is later, no manifest newer."""
    said = members[own]["campaign_terms"]
    return sorted(
        number
        for number, facts in members.items()
        if _is_committed(facts) and facts.get("campaign_terms") == said
    )


def readiness(
    group: Sequence[str], tasks: Sequence[str], members: Mapping[str, Fields]
) -> dict[str, dict[str, Any]]:
    """Return what each of a group is told when its set of manifests is fixed, by number."""
    manifests = sorted(members[number]["manifest_hash"] for number in group)
    left_out = sorted(set(tasks) - set(group))
    name = members[group[0]]["draw_campaign"]
    withdrawn = [said for each in left_out for said in _leaving(each, name, members.get(each, {}))]
    return {
        number: {
            "campaign_manifests": manifests,
            "campaign_members": sorted(group),
            "campaign_left_out": left_out,
            "campaign_withdrawn": withdrawn,
            "campaign_leads": number == min(group),
        }
        for number in group
    }


def _leaving(number: str, campaign: str, facts: Fields) -> list[str]:
    """Return in a sentence each how a task that stayed out had withdrawn from the campaign."""
    return [
        f"任务 {number} 于 {_shown(each['at'])} 由发起部门撤回：{each['reason']}"
        for each in facts.get("campaign_withdrawals", ())
        if each["campaign"] == campaign
    ]


def _shown(at: str) -> str:
    return f"{instant(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _is_committed(facts: Fields) -> bool:
    return bool(facts.get("manifest_committed")) and not facts.get("manifest_withdrawn")


register({"draw.campaign": Binding(settle=announce)})
