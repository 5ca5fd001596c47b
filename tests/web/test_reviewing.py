"""Who signs a release sees first what it changes: drawing, forms, the check; and nobody else's."""

from __future__ import annotations

import io
import json
import re
from uuid import UUID

import pytest

from engine import config
from engine.store import eventstore, readings, shelf
from tests.web.conftest import House
from tests.web.visitor import Visitor, readable

ADMIN, LEGAL, ELSEWHERE = "cy-samr-process-admin1", "cy-justice-legal", "pj-samr-handler1"
FORM = "transfer-letter.json"
SHIPPED = (config.WORKFLOWS / "common" / "transfer.bpmn").read_bytes()
DRAWN = SHIPPED.replace("起草移送函".encode(), "起草并核对移送函".encode())
NEW = SHIPPED.replace(b'id="transfer"', b'id="handing_on"').replace(
    b'processRef="transfer"', b'processRef="handing_on"'
)
REVIEW = re.compile(r'<section class="sheet" id="review">.*?</section>', re.DOTALL)


def changed_form() -> bytes:
    schema = json.loads((config.WORKFLOWS / "forms" / FORM).read_text("utf-8"))
    return json.dumps({**schema, "title": "起草移送函（新）"}, ensure_ascii=False).encode()


def released(house: House, **files: bytes) -> tuple[UUID, str]:
    """Upload files on the pages and hand the form in; returns the case and its number."""
    visitor = house.visitor(ADMIN)
    (name, source), *more = files.items()
    begun = visitor.post("/studio/releases", {"file": (io.BytesIO(source), name)})
    address = begun.headers["Location"]
    kept = re.findall(r'name="release_files" value="([^"]+)"', visitor.get(address).text)
    answers = {
        "release_title": "移送流程第二版",
        "release_reason": "接收部门提出",
        "effective_on": house.office.today.isoformat(),
        "release_files": [*kept, *((io.BytesIO(content), each) for each, content in more)],
    }
    assert visitor.post(address, answers).status_code == 303
    done = visitor.post(f"{address}/check", visitor.hidden(f"{address}/check"))
    assert done.status_code == 303, done.text
    house.office.settle()
    number = address.split("/")[2]
    with house.office.engine.store.read() as tx:
        row = readings.case_by_number(tx, number)
    assert row is not None
    return row.case_id, number


def review_on(visitor: Visitor, path: str) -> str:
    found = REVIEW.search(visitor.get(path).text)
    return found[0] if found else ""


def bytes_at(visitor: Visitor, path: str) -> bytes:
    with visitor.get(path) as answer:
        assert answer.status_code == 200
        content: bytes = answer.data
    return content


def status_at(visitor: Visitor, path: str) -> int:
    with visitor.get(path) as answer:
        return answer.status_code


def in_force(house: House, process: str) -> str:
    with house.office.engine.store.read() as tx:
        return shelf.in_force(tx, "chaoyang", process, at=house.office.engine.now())


@pytest.mark.parametrize("page", ["/tasks/{}/countersign", "/cases/{}"])
def test_the_reviewer_sees_the_drawing_beside_the_one_in_force_and_what_else_differs(
    house: House, page: str
) -> None:
    _, number = released(house, **{"diagram.bpmn": DRAWN, FORM: changed_form()})
    visitor = house.visitor(LEGAL)
    review = review_on(visitor, page.format(number))
    old, new = re.findall(r'data-(?:old|new)="([^"]+)"', review)
    assert bytes_at(visitor, old) == SHIPPED
    assert bytes_at(visitor, new) == DRAWN
    told = readable(review)
    assert "修改 起草移送函（新） forms/transfer-letter.json" in told
    assert told.count("forms/") == 1, "nothing else differs"
    assert "检查通过" in told
    assert "没有发现问题。" in told
    assert "dist/replay-viewer.js" in visitor.get(page.format(number)).text


def test_whoever_released_it_and_nobody_of_another_city_gets_the_files(house: House) -> None:
    _, number = released(house, **{"diagram.bpmn": DRAWN})
    (new,) = re.findall(r'data-new="([^"]+)"', review_on(house.visitor(LEGAL), f"/cases/{number}"))
    assert status_at(house.visitor(ADMIN), new) == 200
    assert status_at(house.visitor(ELSEWHERE), new) == 403
    assert status_at(house.visitor(), new) == 302, "the public is asked to sign in"
    assert status_at(house.visitor(LEGAL), new.replace(new[-64:], "0" * 64)) == 404


def test_a_new_process_shows_its_drawing_alone(house: House) -> None:
    _, number = released(house, **{"diagram.bpmn": NEW})
    review = review_on(house.visitor(LEGAL), f"/tasks/{number}/countersign")
    assert "新的流程，还没有现行版本可比较。" in readable(review)
    assert 'class="diff"' not in review
    (drawn,) = re.findall(r'class="drawn" data-diagram="([^"]+)"', review)
    assert bytes_at(house.visitor(LEGAL), drawn) == NEW


def test_a_form_that_no_uploaded_diagram_uses_is_named(house: House) -> None:
    files = {"diagram.bpmn": DRAWN, "another-form.json": changed_form()}
    _, number = released(house, **files)
    told = readable(review_on(house.visitor(LEGAL), f"/tasks/{number}/countersign"))
    assert "上传的图没有用到下列表单，它们不会生效： another-form.json" in told
    assert "没有差别。" in told


def test_a_release_in_force_is_still_compared_with_what_was_before_it(house: House) -> None:
    before = in_force(house, "transfer")
    case_id, number = released(house, **{"diagram.bpmn": DRAWN})
    house.office.do(case_id, "countersign", legal_decision="同意")
    assert in_force(house, "transfer") != before
    assert before in review_on(house.visitor(LEGAL), f"/cases/{number}")


def test_what_did_not_pass_its_check_has_problems_instead(house: House) -> None:
    visitor = house.visitor(ADMIN)
    with house.office.engine.store.write() as tx:
        (place,) = eventstore.keep(
            tx, (b"<nothing/>",), media="application/xml", at=house.office.hand.moment
        )
    case_id = house.office.open("release", by=ADMIN, lead="samr")
    house.office.do(case_id, "upload", release_files=[f"{place} broken.bpmn"])
    page = visitor.get(f"/cases/{house.office.case(case_id).number}").text
    assert 'id="problems"' in page
    assert 'id="review"' not in page


def test_a_release_is_named_after_its_process(house: House) -> None:
    case_id, _ = released(house, **{"diagram.bpmn": DRAWN})
    assert house.office.case(case_id).title == "发布 移送"


def test_the_attachments_a_task_shows_are_links(house: House) -> None:
    _, number = released(house, **{"diagram.bpmn": DRAWN})
    visitor = house.visitor(LEGAL)
    page = visitor.get(f"/tasks/{number}/countersign").text
    known = page[page.index('<div class="sheet known">') :]
    (link,) = re.findall(
        rf'<a href="(/cases/{number}/files/[0-9a-f]{{64}})">diagram.bpmn</a>', known
    )
    assert bytes_at(visitor, link) == DRAWN
