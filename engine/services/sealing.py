"""突击检查: what is held back until the last visit has ended, and then comes out by itself (A-37).

The public and the subjects cannot compute the list beforehand, because three parties' secrets are
in the key. Whoever runs the system knows the list, for inspectors are sent by it: that cannot be
excluded, and is said wherever a secret is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import chances, history
from engine.bindings import Binding, Kind, Outcome, Settling, register
from engine.events import Fields
from engine.services import draws, manifests, publication, strategy
from engine.version import Fetch

AFTER_OPENING = "启封后公布"


def open_inputs(settling: Settling) -> Fields:
    """Return what opening is about: the promises to open, and the draw they must explain."""
    drawn = draws.objects_inputs(settling)
    return {
        **drawn,
        "case": str(settling.case.case_id),
        "version": settling.version.digest,
        "draw": settling.fields["draw"],
    }


def verify_open(inputs: Fields, result: Fields, fetch: Fetch) -> tuple[str, str] | None:
    """Draw again with the opened secrets: the sealed result must be the one that was recorded."""
    if result["draw_void"]:
        return None
    recomputed = explained(inputs, result["reveals"], fetch)
    recorded = {name: result.get(name) for name in recomputed}
    if recomputed == recorded and recomputed["draw"] == inputs["draw"]:
        return None
    return history.canonical(recorded).decode(), history.canonical(recomputed).decode()


def explained(inputs: Fields, reveals: list[dict[str, Any]], fetch: Fetch) -> dict[str, Any]:
    """Return what a draw says of itself once its secrets are known."""
    known = {**inputs, "reveals": reveals, "sealed": []}
    return dict(draws.draw_objects(known, fetch).result)


def disclose(settling: Settling) -> Outcome:
    """Publish what an open draw publishes before and after its value, or say that it is void.

    The results of single visits follow; they wait for this."""
    if not settling.fields.get("draw_void"):
        return _published(settling)
    docket = chances.docket_of(settling.case, settling.version).void()
    messages = (void_notice(settling), _release(settling))
    return Outcome(result={"docket": docket.document()}, messages=messages)


def _published(settling: Settling) -> Outcome:
    """Let everything out in the order of an open draw: its manifest, its evidence, its list."""
    manifest = chances.docket_of(settling.case, settling.version).kept[-1].manifest
    assert manifest is not None
    listed = publication.publish_task(settling)
    messages = (
        late(manifests.announcement(settling, manifest, "registered")),
        draws.evidence_message(settling),
        *map(late, listed.messages),
        _release(settling),
    )
    return replace(listed, result={**listed.result, **_clock(settling)}, messages=messages)


def _clock(settling: Settling) -> dict[str, Any]:
    """Return from which day the required channel's clock runs where no visit took place at all."""
    fields = settling.fields
    return {} if "last_visit_on" in fields else {"last_visit_on": fields["seal_opened_on"]}


def late(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a publication marked as one that had to wait for the opening."""
    record = {**message["record"], "disclosure": AFTER_OPENING}
    return {**message, "title": f"{message['title']}（{AFTER_OPENING}）", "record": record}


def _release(settling: Settling) -> dict[str, Any]:
    names = ("last_visit_ended", "last_visit_on")
    held = {name: settling.fields[name] for name in names if name in settling.fields}
    return {"kind": "release-results", "fields": held}


def void_notice(settling: Settling) -> dict[str, Any]:
    """Return the public word that a draw is void; the violation stands in the history."""
    fields = settling.fields
    return {
        "kind": "publish",
        "publication": "manifest",
        "title": f"{fields.get('task_name') or settling.case.title}（抽取作废）",
        "department": fields["draw_department"],
        "record": {
            "task_name": fields.get("task_name") or settling.case.title,
            "manifest_hash": fields["manifest_hash"],
            "manifest_seq": fields["manifest_seq"],
            "manifest_state": "已作废",
            "void_reason": fields["void_reason"],
        },
    }


def visit_ended(settling: Settling) -> Outcome:
    """Tell the task that one of its surprise visits has ended."""
    case, fields = settling.case, settling.fields
    if not _is_held(settling):
        return Outcome()
    message = {"kind": "visit-ended", "parent": case.parent, "on": fields["ended_on"]}
    return Outcome(messages=(message,))


def hold_result(settling: Settling) -> Outcome:
    """Hold the result of a surprise visit back until the last visit of its task has ended."""
    if not _is_held(settling):
        return Outcome(result={"result_held": False})
    message = {"kind": "ask-release", "parent": settling.case.parent}
    return Outcome(result={"result_held": True}, messages=(message,))


def _is_held(settling: Settling) -> bool:
    return strategy.is_surprise(settling) and settling.case.parent is not None


register(
    {
        "draw.open": Binding(
            kind=Kind.EXTRACT,
            inputs=open_inputs,
            verify=verify_open,
            stamps={"seal_opened_on": "date"},
        ),
        "draw.disclose": Binding(settle=disclose),
        "visit.ended": Binding(settle=visit_ended),
        "results.hold": Binding(settle=hold_result),
    }
)
