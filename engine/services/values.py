"""The random value of a draw as the record keeps it, and what becomes of its manifest."""

from __future__ import annotations

from typing import Any

from engine import chances
from engine.bindings import Binding, Outcome, Settling, register
from engine.draw import records, reveals
from engine.draw.docket import Docket, State
from engine.draw.manifest import Manifest, Mode
from engine.draw.records import BeaconRecord, Entry
from engine.draw.reveals import Reveal
from engine.services import sealing
from engine.services.manifests import last_answers


def take(settling: Settling) -> Outcome:
    """Take the value both people entered, or the one a campaign shares; execution follows.

    Who has not revealed by now is dropped: the deadline lay before the value was known."""
    fields = settling.fields
    docket = _docket(settling)
    shared = fields.get("campaign_beacon")
    value = BeaconRecord.read(shared) if shared else _entered(settling, docket)
    taken = docket.record(value)
    manifest = taken.kept[-1].manifest
    assert manifest is not None
    opened, dropped = _opened(settling, manifest)
    return Outcome(
        result={
            "beacon": value.document(),
            "beacon_values": list(value.values),
            "reveals": [each.document() for each in opened],
            "dropped_parties": dropped,
            "docket": taken.document(),
        },
        messages=(_shared(settling, value),) if fields.get("campaign_leads") else (),
    )


def mistyped(settling: Settling) -> Outcome:
    """Keep a value that the second person found mistyped; it is entered anew by both."""
    docket = _docket(settling)
    fields = settling.fields
    reasons = [*fields.get("beacon_corrections", ()), fields["beacon_correction_reason"]]
    wrong = _entered(settling, docket, again=fields["beacon_value"])
    before = [*fields.get("beacon_mistyped_values", ()), "；".join(wrong.values)]
    return Outcome(
        result={
            "beacon_mistyped": wrong.document(),
            "beacon_mistyped_values": before,
            "beacon_corrections": reasons,
        }
    )


def executed(settling: Settling) -> Outcome:
    """Note in the docket that the manifest was executed, or that the draw is void."""
    fields, docket = settling.fields, _docket(settling)
    after = docket.void() if fields.get("draw_void") else docket.execute(fields["draw_digest"])
    is_void = after.kept[-1].state is State.VOID
    is_hidden = "replaced_manifest" in fields  # of a surprise that is still going on
    return Outcome(
        result={"docket": after.document(), "draw_void": is_void},
        messages=(sealing.void_notice(settling),) if is_void and not is_hidden else (),
    )


def _docket(settling: Settling) -> Docket:
    return chances.docket_of(settling.case, settling.version)


def _entered(settling: Settling, docket: Docket, *, again: str | None = None) -> BeaconRecord:
    fields = settling.fields
    at = fields["beacon_verified_at"]
    manifest = docket.await_value(at=at)
    first = Entry(person=fields["beacon_entered_by"], text=fields["beacon_value"])
    second = Entry(person=fields["beacon_verified_by"], text=again or fields["beacon_value_again"])
    published = fields.get("beacon_place") or fields.get("beacon_round", "")
    wrong = fields.get("beacon_mistyped")
    if wrong:
        before = BeaconRecord.read(wrong)
        return records.correct(manifest, before, first, second, at=at, published=published)
    stalled = tuple(fields.get("beacon_stalled") or ())
    return records.record(manifest, first, second, at=at, published=published, stalled=stalled)


def _opened(settling: Settling, manifest: Manifest) -> tuple[tuple[Reveal, ...], list[str]]:
    """Return the reveals that came in time and fit, and the parties dropped for silence.

    Of a sealed draw nothing is opened yet."""
    if manifest.mode is Mode.SEALED:
        return (), []
    parties = [promise.party for promise in manifest.reveal_commits]
    said = last_answers(settling.fields.get("reveal_answers", ()), parties)
    given = [
        Reveal(party=party, salt=answer["reveal_salt"], value=answer["reveal_value"])
        for party, answer in said.items()
    ]
    fitting = [each for each in given if each.commit in manifest.reveal_commits]
    return reveals.settled(manifest, fitting)


def _shared(settling: Settling, value: BeaconRecord) -> dict[str, Any]:
    """Return the message that gives the other tasks of a campaign the value just recorded."""
    return {
        "kind": "campaign-value",
        "tasks": list(settling.fields["campaign_members"]),
        "beacon": value.document(),
    }


register(
    {
        "draw.value": Binding(settle=take),
        "draw.mistyped": Binding(settle=mistyped),
        "draw.executed": Binding(settle=executed),
    }
)
