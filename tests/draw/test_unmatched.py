"""Where no team can be formed, anybody sees from the evidence that it was so."""

from __future__ import annotations

import json
from pathlib import Path

from engine.draw import verify
from tests.engine import chains
from tests.engine.office import Office
from tests.engine.test_replacement import GONE, request, winners


def test_the_evidence_of_direct_assignment_shows_that_nobody_could_be_matched(
    sqlite_office: Office, tmp_path: Path
) -> None:
    """Of the draw and of a replacement under it: there is no pairing, and the pool says why."""
    office = sqlite_office
    office.engine.var = tmp_path
    task = chains.stuck_task(office)
    pool = office.engine.shelf.fetch(office.case(task).fields["pool"]["file"]).decode()
    cells = [line.split("|") for line in pool.splitlines()]
    people = [unit for unit, _, _, codes in cells if not codes][:2]
    office.do(task, "assign", assigned_staff=people)
    office.do(task, "approve_assignment", assignment_approved=True)
    chains.until(office, task, "receipt")
    office.do(task, "receipt")
    replacement = request(office, task, lost_units=winners(office, task)[:1], **GONE)
    chains.until(office, replacement, "assign")
    office.do(replacement, "assign", assigned_staff=people)
    office.do(replacement, "approve_assignment", assignment_approved=True)
    chains.finish(office, replacement)
    for case in (task, replacement):
        place = tmp_path / "evidence" / office.case(case).number / "evidence.json"
        document = json.loads(place.read_bytes())
        assert document["matching"] is None
        assert document["manifest"]["assignment"] is not None
        assert verify.main([str(place)]) == 0
        (place.parent / "pool.txt").unlink()
        assert verify.main([str(place)]) == 2
