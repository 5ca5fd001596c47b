"""The draw as commands: frozen first, the value last, entered by two, never twice."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from engine.draw import beacon, verify
from engine.errors import BeaconMismatch, ProductError, TaskNotOpen
from engine.service import Engine
from tests.engine import chains
from tests.engine.office import Office, payloads


def _until(office: Office, case_id: UUID, element: str) -> None:
    for _ in range(30):
        waiting = [slot for slot, offer in office.case(case_id).offers.items() if not offer.missing]
        if (element, "") in waiting:
            return
        office.do(case_id, waiting[0][0], key=waiting[0][1])
    raise AssertionError(office.open_tasks(case_id))


def test_the_population_is_frozen_and_hashed_before_any_value_is_asked_for(
    sqlite_office: Office,
) -> None:
    task = chains.task(sqlite_office, chains.approved_plan(sqlite_office))
    _until(sqlite_office, task, "record")
    kinds = sqlite_office.kinds(task)
    assert kinds.index("frame-frozen") < len(kinds)
    assert "beacon-recorded" not in kinds
    assert len(sqlite_office.case(task).fields["manifest_hash"]) == 64


def test_a_mistyped_value_is_refused_with_what_is_wrong(sqlite_office: Office) -> None:
    task = chains.task(sqlite_office, chains.approved_plan(sqlite_office))
    _until(sqlite_office, task, "record")
    with pytest.raises(ProductError, match="演示"):
        sqlite_office.do(task, "record", beacon_value="demo:wrong=00")
    assert ("record", "") in sqlite_office.open_tasks(task)


def test_a_second_entry_that_differs_is_refused_and_the_draw_waits(sqlite_office: Office) -> None:
    task = chains.task(sqlite_office, chains.approved_plan(sqlite_office))
    _until(sqlite_office, task, "verify")
    with pytest.raises((BeaconMismatch, ProductError)):
        sqlite_office.do(task, "verify", beacon_value_again="demo:other=11")
    assert "beacon-recorded" not in sqlite_office.kinds(task)


def test_after_the_value_is_recorded_nobody_decides_anything_more(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    with pytest.raises(TaskNotOpen):
        sqlite_office.do(task, "verify", by="cy-samr-handler1", beacon_value_again="again")
    assert sqlite_office.kinds(task).count("beacon-recorded") == 1


def test_a_citizen_recomputes_the_draw_from_the_published_files(
    sqlite_office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sqlite_office.engine = Engine(sqlite_office.engine.store, now=sqlite_office.hand, var=tmp_path)
    task = chains.drawn_task(sqlite_office)
    folder = tmp_path / "evidence" / sqlite_office.case(task).number
    assert verify.main([str(folder / "evidence.json")]) == 0
    assert "演示" in capsys.readouterr().out
    document = (folder / "evidence.json").read_text("utf-8")
    (folder / "evidence.json").write_text(document.replace('"drawn', '"Drawn', 1), "utf-8")
    listed = (folder / "list.txt").read_bytes()
    (folder / "list.txt").write_bytes(listed.replace(b"|A|", b"|B|", 1))
    assert verify.main([str(folder / "evidence.json")]) == 1


def test_everyone_left_out_is_left_out_by_a_rule_of_the_pack(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    frozen = payloads(sqlite_office.records(task), "frame-frozen")[0]["result"]
    listed = sqlite_office.engine.shelf.fetch(frozen["frame"]["file"]).decode().splitlines()
    codes = {code for line in listed for code in line.rsplit("|", 1)[1].split(",") if code}
    law = sqlite_office.engine.shelf.get(sqlite_office.version(task)).law
    assert codes, "nobody was left out: the registry has struck-off subjects"
    assert all(law.has_rule(code) for code in codes)


def test_the_demo_source_is_refused_in_a_database_in_earnest(sqlite_office: Office) -> None:
    with pytest.raises(ProductError):
        beacon.check(
            [beacon.demo("x", at="2026-01-01T00:00:00Z", by="2026-01-02T00:00:00Z")],
            demo_database=False,
        )


def test_winners_and_pairs_stand_in_the_record_by_hash(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    fields = sqlite_office.case(task).fields
    drawn = json.loads(sqlite_office.engine.shelf.fetch(fields["draw"]))
    matched = json.loads(sqlite_office.engine.shelf.fetch(fields["matching"]))
    assert len(drawn["winners"]) == fields["drawn_count"] == len(matched["pairs"])
    assert len(sqlite_office.children(task, "inspection")) == fields["drawn_count"]
