"""What everybody may see: the board, lasting addresses, and a draw that anyone can make again."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine import chains
from tests.web.conftest import House


@pytest.fixture(scope="session")
def drawn(furnished_house: House) -> str:
    """The number of a task whose subjects are drawn and published."""
    case_id = chains.drawn_task(furnished_house.office)
    furnished_house.office.settle()
    return furnished_house.office.case(case_id).number


def test_the_board_lists_what_was_published_and_can_be_filtered(house: House, drawn: str) -> None:
    visitor = house.visitor()
    assert drawn in visitor.page("/public")
    assert drawn in visitor.page("/public?kind=task&place=chaoyang")
    assert drawn not in visitor.page("/public?kind=plan")
    assert drawn not in visitor.page("/public?place=panjin")


def test_a_published_task_names_its_subjects_at_an_address_that_stays(
    house: House, drawn: str
) -> None:
    visitor = house.visitor()
    board = visitor.get("/public/board.json?kind=task").get_json()["records"]
    assert any(each["number"] == drawn for each in board)
    address = record_address(house, drawn)
    text = visitor.page(address)
    assert "抽中的检查对象" in text
    assert "登记事项" in text
    assert evidence(house, drawn)["result"]["winners"][0].rpartition("|")[2] in text


def record_address(house: House, number: str) -> str:
    row = next(
        each
        for each in house.office.publications(jurisdiction="chaoyang", kind="task")
        if each["number"] == number
    )
    return f"/public/records/{row['case_id']}/{row['seq']}/{row['part']}"


def evidence(house: House, number: str) -> dict[str, dict[str, list[str]]]:
    place = house.var / "evidence" / number / "evidence.json"
    found: dict[str, dict[str, list[str]]] = json.loads(place.read_bytes())
    return found


def test_a_spreadsheet_of_the_board_runs_nothing(house: House, drawn: str) -> None:
    answer = house.visitor().get("/public/board.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_anybody_can_compute_one_ticket(house: House, drawn: str) -> None:
    stratum, ticket, unit = evidence(house, drawn)["result"]["winners"][0].split("|")
    text = house.visitor().page(f"/public/draws/{drawn}?unit={unit.lower()}")
    assert ticket in text
    assert "签号不大于界限" in text
    assert stratum in text
    assert "不在本次抽取的名单中" in house.visitor().page(f"/public/draws/{drawn}?unit=NOBODY")


def test_the_files_of_a_draw_verify_away_from_this_site(
    house: House, drawn: str, tmp_path: Path
) -> None:
    visitor = house.visitor()
    for name in ("evidence.json", "list.txt", "pool.txt"):
        with visitor.get(f"/public/draws/{drawn}/{name}") as answer:
            (tmp_path / name).write_bytes(answer.data)
    with visitor.get("/public/verify.py") as answer:
        (tmp_path / "verify.py").write_bytes(answer.data)
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "evidence.json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/public/draws/CY-1999-RW-0001",
        "/public/draws/..%2f..%2fetc/evidence.json",
        "/public/draws/{drawn}/secret.key",
        "/public/records/00000000-0000-0000-0000-000000000000/1/0",
    ],
)
def test_what_was_not_published_is_not_there(house: House, drawn: str, path: str) -> None:
    assert house.visitor().get(path.format(drawn=drawn)).status_code == 404
