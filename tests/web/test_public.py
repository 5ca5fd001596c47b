"""What everybody may see: the board, lasting addresses, and a draw that anyone can make again."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from engine.draw import tickets
from tests.engine import chains
from tests.web.conftest import House, open_house, unhurried
from web import draws, shown


@pytest.fixture(scope="module")
def drawn_house(
    furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, str]]:
    """A house with a task whose subjects are drawn and published, and that task's number."""
    for house in open_house(furnished_sqlite, tmp_path_factory.mktemp("drawn")):
        case_id = chains.drawn_task(house.office)
        house.office.settle()
        yield house, house.office.case(case_id).number


@pytest.fixture
def house(drawn_house: tuple[House, str]) -> House:
    return unhurried(drawn_house[0])


@pytest.fixture
def drawn(drawn_house: tuple[House, str]) -> str:
    return drawn_house[1]


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


def test_a_manifest_can_be_noted_before_the_draw(house: House) -> None:
    office = house.office
    task = chains.task(office, chains.approved_plan(office))
    chains.until(office, task, "record")
    fields = office.case(task).fields
    (row,) = [each for each in office.publications(kind="manifest") if each["case_id"] == task]
    page = house.visitor().page(f"/public/records/{task}/{row['seq']}/{row['part']}")
    assert "draw" not in fields
    assert fields["manifest_hash"] in page, "what the draw is held to afterwards"
    assert fields["cutoff"] not in page, "moments are told as people here read them"
    assert "截止时间" in page


def test_a_draw_is_told_in_percent_and_in_the_time_of_the_place(house: House, drawn: str) -> None:
    page = house.visitor().page(f"/public/draws/{drawn}")
    manifest: dict[str, Any] = evidence(house, drawn)["manifest"]
    assert f"截止时间 {shown.moment(manifest['cutoff'])} 北京时间" in page
    part, whole = manifest["strata"][0]["ratio"]
    assert f"{100 * part // whole}%" in page
    assert f" {part}/{whole} " not in page


def test_a_spreadsheet_of_the_board_runs_nothing(house: House, drawn: str) -> None:
    answer = house.visitor().get("/public/board.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_anybody_can_compute_one_ticket(house: House, drawn: str) -> None:
    stratum, ticket, unit = evidence(house, drawn)["result"]["winners"][0].split("|")
    text = house.visitor().page(f"/public/draws/{drawn}?unit={unit.lower()}")
    assert ticket in text
    assert "所以抽中" in text
    assert stratum in text
    assert "不在本次抽取的名单中" in house.visitor().page(f"/public/draws/{drawn}?unit=NOBODY")


def lines_of(text: str) -> list[str]:
    """The shell lines of a page, as a reader copies them."""
    return re.findall(r"printf '%s' .+? \| sha256sum", text)


def run(line: str) -> str:
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True, text=True)
    return done.stdout.split()[0]


def test_the_shown_lines_compute_key_and_tickets_in_any_shell(house: House, drawn: str) -> None:
    found = evidence(house, drawn)
    text = house.visitor().page(f"/public/draws/{drawn}")
    lines = lines_of(text)
    keys = [line for line in lines if "ssyg/key" in line]
    winners = [str(line).split("|") for line in found["result"]["winners"]]
    assert len(lines) == 1 + len(winners)
    assert run(keys[0]) == str(found["result"]["key"])
    shown = [run(line) for line in lines if line not in keys]
    assert shown == [ticket for _stratum, ticket, _unit in winners]


def test_who_was_not_drawn_reads_why_in_words(house: House, drawn: str) -> None:
    rows = (house.var / "evidence" / drawn / "list.txt").read_text("utf-8").splitlines()
    winners = {line.rpartition("|")[2] for line in evidence(house, drawn)["result"]["winners"]}
    cells = [row.split("|") for row in rows]
    unlucky = next(unit for unit, _, _, codes in cells if not codes and unit not in winners)
    text = house.visitor().page(f"/public/draws/{drawn}?unit={unlucky}")
    assert "所以没有抽中" in text
    line = next(line for line in lines_of(text) if f":{unlucky}" in line)
    assert run(line) in text


def test_the_manifest_as_shown_hashes_to_what_was_announced(house: House, drawn: str) -> None:
    text = house.visitor().get(f"/public/draws/{drawn}").text
    shown = html.unescape(text.partition('id="manifest">')[2].partition("</pre>")[0])
    found = evidence(house, drawn)
    assert sha256(shown.encode()).hexdigest() == str(found["manifest_hash"])


def test_who_was_left_out_reads_the_rule_and_its_clause(house: House, drawn: str) -> None:
    rows = (house.var / "evidence" / drawn / "list.txt").read_text("utf-8").splitlines()
    unit, _, _, codes = next(row.split("|") for row in rows if not row.endswith("|"))
    text = house.visitor().page(f"/public/draws/{drawn}?unit={unit}")
    law = house.shelves["chaoyang"].law
    assert "不参加本次抽取" in text
    for code in codes.split(","):
        assert code in text
        for cite in law.rule(code).citations:
            assert cite.document in text
            assert cite.clause in text
    assert f":{unit}" not in text


@pytest.mark.parametrize("unit", ["对象-O'Brien", "A$(id)`x`", '双"阳'])
def test_a_line_is_safe_to_paste_whatever_an_id_holds(unit: str) -> None:
    document = {"manifest": {"alg": "sha256"}, "result": {"key": "0" * 64}}
    assert run(draws.ticket_line(document, unit)) == tickets.ticket("0" * 64, unit)


def test_sm3_has_a_line_of_its_own() -> None:
    document = {"manifest": {"alg": "sm3"}, "result": {"key": "0" * 64}}
    line = draws.ticket_line(document, "A1")
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True, text=True)
    assert tickets.ticket("0" * 64, "A1", "sm3") in done.stdout


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
        [sys.executable, "-I", "-S", "verify.py", "evidence.json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, said + done.stderr.decode()
    for words in ("名单根", "随机值", "中签", "检查组", "全部相符"):
        assert words in said
    for words in ("rows", "random value", "drawn", "teams", "Everything fits"):
        assert words in said


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
