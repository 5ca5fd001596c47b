"""A declared joint campaign (进一次门、查多项事): several tasks, one random value, one key.

Each manifest names the campaign; the key takes the hash over all of them, so none may be missing
and none may change after the value. The first task by number enters the value for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.bindings import Binding, Outcome, Settling, register
from engine.events import Fields

SAME = ("draw_campaign", "beacon_rounds")  # what all members must say alike


def announce(settling: Settling) -> Outcome:
    """Tell the other tasks that this manifest is committed."""
    fields = settling.fields
    message = {
        "kind": "campaign",
        "campaign": fields["draw_campaign"],
        "tasks": list(fields["draw_campaign_tasks"]),
    }
    return Outcome(messages=(message,))


def lacking(tasks: Sequence[str], members: Mapping[str, Fields]) -> list[str]:
    """Return what keeps a campaign from its random value, a sentence each; none when complete.

    `members` holds the facts of every task that was found, by number."""
    found = []
    said = [members[number] for number in tasks if number in members]
    for number in tasks:
        facts = members.get(number)
        if facts is None:
            found.append(f"没有找到任务 {number}。")
        elif not facts.get("manifest_committed") or facts.get("manifest_withdrawn"):
            found.append(f"任务 {number} 的抽取清单尚未登记。")
        elif sorted(facts.get("draw_campaign_tasks", ())) != sorted(tasks):
            found.append(f"任务 {number} 所列的联合任务与本任务不同。")
        elif any(facts.get(name) != said[0].get(name) for name in SAME):
            found.append(f"任务 {number} 的联合抽取名称或随机源与其他任务不同。")
    return found


def readiness(tasks: Sequence[str], members: Mapping[str, Fields]) -> dict[str, dict[str, Any]]:
    """Return what each member is told once all manifests are committed, by number."""
    manifests = sorted(members[number]["manifest_hash"] for number in tasks)
    first = min(tasks)
    return {
        number: {"campaign_manifests": manifests, "campaign_leads": number == first}
        for number in tasks
    }


register({"draw.campaign": Binding(settle=announce)})
