"""Every attack on a draw that the design names, and the defence that answers it: one test a row.

The finer points of each defence stand in the tests of its own room; here is the whole list.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from engine import dossier
from engine.commands import CompleteTask, LookAtSealed, TransferTask
from engine.draw import evidence, execution, frame, records, replacement, reveals, verify
from engine.draw.manifest import Mode
from engine.draw.records import Entry
from engine.draw.refusals import (
    BeaconEntriesDiffer,
    BeaconNeedsTwoPeople,
    FrameProblem,
    ManifestProblem,
    SealBroken,
    StillSealed,
    WrongMoment,
)
from engine.draw.terms import Lost
from engine.registry import codes
from engine.service import RecordedRefusal
from engine.store import disqualifications
from engine.store.tables.registry import frame_counts, registry_subjects
from tests.draw import example
from tests.engine import chains
from tests.engine.office import Office, payloads
from tests.engine.test_chance import DICE, OTHER, THROWS
from tests.engine.test_replacement import GONE, officer_lost, request, visited, winners

SURPRISE: dict[str, Any] = {
    "surprise": True,
    "surprise_ground": "防止转移",
    "surprise_ground_given": True,
}
WINNER = example.task().objects()["winners"][0].rpartition("|")[2]


@pytest.fixture
def office(sqlite_office: Office, tmp_path: Path) -> Office:
    sqlite_office.engine.var = tmp_path
    return sqlite_office


def _attempts(office: Office, case: UUID) -> list[str]:
    return [each["code"] for each in payloads(office.records(case), "attempt-refused")]


def _message(office: Office, task: UUID) -> dict[str, Any]:
    """What the publisher needs to write the evidence of a draw."""
    fields = office.case(task).fields
    names = ("draw", "matching", "beacon")
    return {
        **{name: fields[name] for name in names},
        "manifest": fields["manifest_hash"],
        "frame": fields["frame"]["file"],
        "pool": fields["pool"]["file"],
        "reveals": fields.get("reveals", []),
    }


def test_redraw_until_pleased(office: Office) -> None:
    task = chains.drawn_task(office)
    digest = office.case(task).fields["draw_digest"]
    for element, by, said in (
        ("record", "cy-samr-handler1", {"beacon_value": THROWS}),
        ("verify", "cy-justice-reviewer1", {"beacon_value_again": THROWS}),
        ("strategy", "cy-samr-handler1", {}),
    ):
        with pytest.raises(RecordedRefusal):
            office.do(task, element, by=by, **said)
    assert set(_attempts(office, task)) == {"redraw"}
    assert [kept["seq"] for kept in office.case(task).fields["docket"]] == [1]
    anybody = json.loads(
        dossier.files(_message(office, task), office.engine.shelf.fetch)["evidence.json"]
    )
    assert anybody["result"]["digest"] == digest, "executed by itself, and by anybody alike"


def test_many_manifests_prepared_and_the_best_one_used(office: Office) -> None:
    task = chains.task(office, chains.approved_plan(office))
    office.do(task, "strategy", **DICE, objection_until="2026-03-20")
    chains.until(office, task, "withdraw")
    with pytest.raises(RecordedRefusal, match="同一任务只能有一份有效清单"):
        office.do(task, "strategy", by="cy-samr-handler1")
    office.do(task, "withdraw", withdrawal_reason="名录漏了一批")
    office.do(task, "strategy", **DICE, objection_until="2026-03-01")
    chains.until(office, task, "record")
    with pytest.raises(RecordedRefusal, match="截止时间已过"):
        office.do(task, "withdraw", by="cy-samr-head", withdrawal_reason="换一份")
    kept = office.case(task).fields["docket"]
    assert [(each["seq"], each["state"]) for each in kept] == [(1, "superseded"), (2, "committed")]
    public = [row["body"]["manifest_hash"] for row in office.publications(kind="manifest")]
    assert {each["manifest"] for each in kept} <= set(public), "the withdrawn one stays public"


def test_grinding_the_list_before_the_draw(office: Office) -> None:
    task = chains.task(office, chains.approved_plan(office))
    office.do(task, "strategy", **DICE, objection_until="2026-03-20")
    chains.until(office, task, "withdraw")
    (row,) = office.publications(kind="manifest")
    frozen = office.case(task).fields["frame"]
    assert row["body"]["frame_total"] == frozen["rows"], "the total of the registry is public"
    assert row["body"]["frame_eligible"] < frozen["rows"]
    listed = frame.rows(frame.Lines(office.engine.shelf.fetch(frozen["file"])))
    assert all(each.codes for each in listed) is False
    office.on("2026-03-21")
    office.do(task, "record", beacon_value=THROWS)
    office.do(task, "verify", beacon_value_again=THROWS)
    kinds = office.kinds(task)
    assert kinds.count("frame-frozen") == 1
    assert kinds.index("frame-frozen") < kinds.index("beacon-recorded")
    assert office.case(task).fields["frame"] == frozen
    again = chains.task(office, chains.approved_plan(office))
    regraded = _regraded(office, frozen["file"])
    office.do(again, "strategy", **DICE)
    chains.until(office, again, "record")
    latest = next(row for row in office.publications(kind="manifest") if row["case_id"] == again)
    told = latest["body"]["frame_changes_told"]
    assert told.startswith(f"与任务 {row['number']} 的冻结名录相比：")
    changes = json.loads(office.engine.shelf.fetch(latest["body"]["frame_changes_file"]))
    assert regraded in changes["changed"], "a re-classed subject is named before chance is known"


def _regraded(office: Office, place: str) -> str:
    """Put the first subject of a frozen list into another tier of the registry."""
    row = next(frame.rows(frame.Lines(office.engine.shelf.fetch(place))))
    tier = "C" if row.stratum == "D" else "D"
    this = registry_subjects.c.subject_id == row.unit
    with office.engine.store.write() as connection:
        connection.execute(update(registry_subjects).where(this).values(risk_tier=tier))
    return row.unit


def test_id_grinding(tmp_path: Path) -> None:
    with pytest.raises(codes.BadCode):
        codes.uscc("任意写的编号")
    with pytest.raises(codes.BadCode):
        codes.row_id("A:1|2")
    drawn = example.task()
    late = [*example.subjects(), frame.Row("91220104MA99999999", "D", "", ())]
    listing, _ = frame.freeze(late)
    assert frame.freeze(late)[1].list_root != drawn.manifest.list_root
    document = evidence.build(
        drawn.manifest.document(),
        drawn.objects(),
        lines=frame.Lines(drawn.listing),
        reveals=[each.document() for each in drawn.reveals],
        beacon=drawn.random_value.document() if drawn.random_value else None,
    )
    (tmp_path / "evidence.json").write_bytes(evidence.encode(document))
    (tmp_path / "list.txt").write_bytes(listing)
    problems = verify.verify(tmp_path / "evidence.json", None)[0].problems
    assert any(each.where.startswith("list.txt") for each in problems), "it counts next time"


def test_duplicate_or_variant_ids() -> None:
    one = "91220104MA00000001"
    for variant in (
        "９１２２０１０４ＭＡ００００００Ｏ１".replace("Ｏ", "０"),
        one.lower(),
        " 9122 0104MA 00000001 ",
    ):
        assert codes.normal(variant) == one
    with pytest.raises(FrameProblem, match="编号重复"):
        frame.freeze([frame.Row(one, "A", "", ()), frame.Row(one, "B", "", ())])


def test_late_or_withheld_reveal() -> None:
    drawn = example.task()
    first, second = drawn.reveals
    manifest = drawn.manifest
    assert manifest.reveal_by is not None
    assert manifest.reveal_by < manifest.beacon_rule[0].at
    with pytest.raises(WrongMoment, match="公开期限已过"):
        reveals.accept(manifest, first, at=manifest.reveal_by)
    with pytest.raises(SealBroken):
        reveals.accept(manifest, replace(first, value="0" * 64), at="2026-07-01T00:10:00Z")
    present, dropped = reveals.settled(manifest, [second])
    assert (present, dropped) == ((second,), [first.party])
    assert replace(drawn, reveals=[second]).objects()["dropped"] == [first.party]


def test_beacon_stalls_or_is_ambiguous() -> None:
    manifest = example.task().manifest
    first, fallback = manifest.beacon_rule
    for at, reasons in ((first.at, ("会议取消",)), (first.by, ("  ",)), (fallback.by, ("a", "b"))):
        with pytest.raises(WrongMoment):
            records.due_round(manifest, at=at, stalled=reasons)
    fallen = ("器具损坏，会议没有举行",)
    assert records.due_round(manifest, at=fallback.at, stalled=fallen) == fallback
    assert records.due_round(manifest, at=fallback.at, stalled=()) == first, "nobody chooses"


def test_forced_disqualification_to_reach_a_liked_substitute(office: Office) -> None:
    task = chains.drawn_task(office)
    drawn = winners(office, task)
    with pytest.raises(RecordedRefusal, match="客观原因"):
        request(
            office,
            task,
            replacement_kind="检查对象",
            replacement_cause="其他",
            lost_units=drawn[:1],
        )
    lost = (Lost(unit=WINNER, stratum="A", reason="不想查"),)
    with pytest.raises(ManifestProblem, match="客观原因"):
        list(replacement.remaining([], [WINNER], lost, reasons=("注销",)))
    done = request(office, task, lost_units=drawn[:1], **GONE)
    chains.finish(office, done)
    first, second = office.case(task).fields, office.case(done).fields
    assert second["beacon_rounds"] != first["beacon_rounds"], "a round of its own"
    assert second["draw_key"] != first["draw_key"]
    with office.engine.store.read() as connection:
        (rate,) = disqualifications.by_officer(connection, "chaoyang", year=2026)
    assert rate.share == (1, len(drawn)), "and the rate of whoever asks is watched"


def test_operator_knows_the_winners_and_leaks(office: Office) -> None:
    task = chains.drawn_task(office, **SURPRISE)
    look = LookAtSealed(case_id=task, actor=office.person("cy-samr-handler1"))
    with pytest.raises(RecordedRefusal, match="本次查看已记录"):
        office.engine.handle(look)
    assert _attempts(office, task) == ["still-sealed"]
    parties = ("市监局", "司法局", "公证处")
    hidden = example.task(mode=Mode.SEALED, parties=parties, teams=0)
    wrong = [*hidden.reveals[:2], replace(hidden.reveals[2], value="1" * 64)]
    with pytest.raises(SealBroken, match="作废"):
        replace(hidden, reveals=wrong).objects()
    form = office.engine.shelf.get(office.case(task).version).forms["promise-seal"]
    assert "防不住他们泄露" in form.schema["description"], "what cannot be excluded is said"


def test_value_mistyped_or_corrected_until_pleased(office: Office) -> None:
    drawn = example.task()
    manifest, at = drawn.manifest, drawn.manifest.beacon_rule[0].at
    assert manifest.cutoff < at, "no cut-off is left when a value may be entered"
    one, two = Entry(person="p1", text=example.DICE), Entry(person="p2", text=example.DICE)
    with pytest.raises(WrongMoment):
        records.record(manifest, one, two, at=manifest.cutoff, published="")
    with pytest.raises(BeaconNeedsTwoPeople):
        records.record(manifest, one, replace(two, person="p1"), at=at, published="")
    with pytest.raises(BeaconEntriesDiffer):
        records.record(manifest, one, replace(two, text="1" * 35), at=at, published="")

    task = chains.task(office, chains.approved_plan(office))
    office.do(task, "strategy", **DICE)
    chains.until(office, task, "record")
    office.do(task, "record", beacon_value=OTHER)
    wrong = {"beacon_decision": "首录有误", "beacon_correction_reason": "第一次看错"}
    office.do(task, "verify", beacon_value_again=THROWS, **wrong)
    office.do(task, "record", beacon_value=THROWS)
    case = office.case(task)
    slot = ("verify", "")
    again = CompleteTask(
        case_id=task,
        actor=office.holder(case, slot),
        element="verify",
        data=office.answer(case, slot, beacon_value_again=THROWS),
    )
    office.engine.handle(again)  # the worker has not drawn yet
    assert "draw" not in office.case(task).fields
    late = replace(again, data={**again.data, "beacon_value_again": OTHER, **wrong})
    with pytest.raises(RecordedRefusal, match="随机值只有一个"):
        office.engine.handle(late)
    office.settle()
    known = office.case(task).fields["beacon"]
    assert known["values"][0].endswith(THROWS.replace(" ", ""))
    assert known["earlier"][0]["values"][0].endswith(OTHER.replace(" ", ""))
    assert office.audit(task).is_clean


def test_the_public_computes_the_winners_early() -> None:
    parties = ("市监局", "司法局", "公证处")
    hidden = example.task(mode=Mode.SEALED, parties=parties, teams=0)
    with pytest.raises(SealBroken):
        replace(hidden, reveals=[]).objects()  # nobody gets a key from public values alone
    with pytest.raises(StillSealed):
        reveals.require_opened(hidden.manifest, last_visit_ended=False)
    with pytest.raises(StillSealed):
        evidence.build(
            hidden.manifest.document(), hidden.objects(), lines=frame.Lines(hidden.listing)
        )
    assert "key" not in hidden.manifest.document()


def test_software_swapped(postgresql_office: Office, tmp_path: Path) -> None:
    """PostgreSQL drew; the engine in Python and the stand-alone verifier come to the same."""
    office = postgresql_office
    task = chains.drawn_task(office)
    fields, fetch = office.case(task).fields, office.engine.shelf.fetch
    again = execution.draw_objects(
        json.loads(fetch(fields["manifest_hash"])),
        frame.Lines(fetch(fields["frame"]["file"])),
        fields["reveals"],
        fields["beacon"],
    )
    assert again["digest"] == fields["draw_digest"]
    dossier.write(tmp_path, dossier.files(_message(office, task), fetch))
    assert verify.main([str(tmp_path / "evidence.json")]) == 0
    forged = json.loads((tmp_path / "evidence.json").read_bytes())
    out = forged["result"]["winners"]
    stratum, _, unit = out[0].split("|")
    out[0] = f"{stratum}|{'0' * 64}|{unit}"  # a program that lets somebody win, and says so well
    forged["result"]["digest"] = verify.lines_digest(out)
    del forged["digests"]
    forged["digests"] = evidence.digests(forged)
    (tmp_path / "evidence.json").write_bytes(evidence.encode(forged))
    report, _ = verify.verify(tmp_path / "evidence.json")
    assert "/result/winners/0" in [each.where for each in report.problems], "by the arithmetic"


def test_cap_bypassed_by_simultaneous_departments(office: Office) -> None:
    """The second freeze counts what the first one drew, before any of it is visited."""
    first = chains.drawn_task(office)
    second = chains.drawn_task(office)
    one, other = (office.case(task).fields["counter_snapshot"] for task in (first, second))
    assert one != other
    for task, snapshot in ((first, one), (second, other)):
        manifest = json.loads(office.engine.shelf.fetch(office.case(task).fields["manifest_hash"]))
        assert manifest["counter_snapshot"] == snapshot
    counted, before = (_counted(office, snapshot) for snapshot in (other, one))
    assert set(winners(office, first)) <= counted
    assert not set(winners(office, first)) & before


def _counted(office: Office, snapshot: str) -> set[str]:
    of_snapshot = select(frame_counts.c.unit_id).where(frame_counts.c.snapshot == snapshot)
    with office.engine.store.read() as connection:
        return set(connection.execute(of_snapshot).scalars())


def test_pairing_a_friendly_inspector(office: Office) -> None:
    task = chains.drawn_task(office)
    matched = json.loads(office.engine.shelf.fetch(office.case(task).fields["matching"]))
    visit = next(iter(visited(office, task).values()))
    chains.until(office, visit, "joint_visit")
    case, slot = office.case(visit), ("joint_visit", "")
    swap = TransferTask(
        case_id=visit,
        actor=office.holder(case, slot),
        element="joint_visit",
        to=office.person("cy-samr-handler1"),
        reason="有事",
    )
    with pytest.raises(RecordedRefusal, match="不在抽中的检查组内"):
        office.engine.handle(swap)
    assert _attempts(office, visit) == ["officer-swapped"]
    officer, change = officer_lost(office, task, visit)
    chains.finish(office, change)
    assert officer not in office.case(visit).parties["team"]
    (told,) = payloads(office.records(visit), "person-replaced")
    assert "人员回避" in told["reason"]
    kept = json.loads(office.engine.shelf.fetch(office.case(task).fields["matching"]))
    assert kept == matched, "the pair that chance made first stays to be seen"
