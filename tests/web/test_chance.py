"""A second try at chance, made in the browser: refused on the page, kept in the history."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.engine import chains
from tests.engine.office import payloads
from tests.web.conftest import House
from tests.web.test_tasks import HANDLER

SURPRISE: dict[str, Any] = {
    "surprise": True,
    "surprise_ground": "防止转移",
    "surprise_ground_given": True,
}


def test_the_beacon_form_sent_again_is_refused_and_stands_in_the_history(house: House) -> None:
    task = chains.drawn_task(house.office)
    number = house.office.case(task).number
    visitor = house.visitor(HANDLER)
    answer = visitor.post(f"/tasks/{number}/record", {"beacon_value": "6" * 35})
    assert answer.status_code == 403
    assert "随机值只有一个" in answer.text
    (attempt,) = payloads(house.office.records(task), "attempt-refused")
    assert attempt["data"] == {"beacon_value": "6" * 35}
    assert "违规尝试" in visitor.page(f"/cases/{number}")


def test_the_manifests_of_a_task_stand_on_its_page(house: House) -> None:
    task = chains.drawn_task(house.office)
    case = house.office.case(task)
    page = house.visitor(HANDLER).page(f"/cases/{case.number}")
    assert case.fields["manifest_hash"] in page
    assert re.search(r"demo:[\w-]+=", page)


def test_a_look_at_a_sealed_list_is_refused_on_the_page_and_recorded(
    house: House,
) -> None:
    task = chains.drawn_task(house.office, **SURPRISE)
    number = house.office.case(task).number
    visitor = house.visitor(HANDLER)
    assert "查看会被拒绝并记录在案" in visitor.page(f"/cases/{number}")
    answer = visitor.post(f"/cases/{number}/draw", {})
    assert answer.status_code == 403
    assert "最后一次检查结束前不公布" in answer.text
    assert [e["code"] for e in payloads(house.office.records(task), "attempt-refused")] == [
        "still-sealed"
    ]
    assert house.visitor().get(f"/public/draws/{number}").status_code == 404


def test_an_opened_surprise_is_checked_like_any_draw_from_files_anybody_downloads(
    house: House, tmp_path: Path
) -> None:
    office = house.office
    task = chains.drawn_task(office, **SURPRISE)
    for visit in office.children(task, "inspection"):
        chains.until(office, visit, "record")
    number, visitor = office.case(task).number, house.visitor()
    page = visitor.page(f"/public/draws/{number}")
    assert "启封后公布" in page
    assert all(each["value"] in page for each in office.case(task).fields["reveals"])
    for name in ("evidence.json", "list.txt", "pool.txt", "verify.py"):
        with visitor.get(f"/public/draws/{number}/{name}") as answer:
            (tmp_path / name).write_bytes(answer.data)
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "evidence.json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = visitor.get("/public/board.json?kind=manifest").get_json()["records"]
    (mine,) = [each for each in told if each["number"] == number]
    assert mine["content"]["disclosure"] == "启封后公布"
