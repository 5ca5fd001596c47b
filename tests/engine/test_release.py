"""A process admin changes a diagram: every problem is listed, a second person countersigns."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from engine import config
from engine.store import eventstore, shelf
from tests.engine.office import Office

ADMIN = "cy-samr-process-admin"


def _upload(office: Office, content: bytes, name: str = "transfer.bpmn") -> str:
    with office.engine.store.write() as connection:
        (place,) = eventstore.keep(
            connection, (content,), media="application/xml", at=office.hand.moment
        )
    return f"{place} {name}"


def _release(office: Office, content: bytes) -> UUID:
    case_id = office.open("release", by=_admin(office), lead="samr", title="调整移送流程")
    _send(office, case_id, content)
    return case_id


def _admin(office: Office) -> str:
    from engine.store import people

    with office.engine.store.read() as connection:
        found = people.everyone(connection, "chaoyang", at=office.hand.moment)
    return next(
        person.login
        for person in found
        if any(held.position == "process_admin" for held in person.positions)
    )


def _send(office: Office, case_id: UUID, content: bytes, **wishes: Any) -> None:
    asked = {
        "release_title": "移送流程第二版",
        "release_files": [_upload(office, content)],
        "release_reason": "接收部门提出",
        "effective_on": office.today.isoformat(),
    }
    office.do(case_id, "upload", **{**asked, **wishes})


def _codes(office: Office, case_id: UUID) -> set[str]:
    problems = office.case(case_id).fields["release_problems"]
    assert all(problem["message_en"] and problem["hint_en"] for problem in problems)
    return {problem["code"] for problem in problems}


def _shipped() -> bytes:
    return (Path(config.WORKFLOWS) / "common" / "transfer.bpmn").read_bytes()


def test_a_changed_diagram_is_checked_countersigned_and_used_by_new_cases(
    sqlite_office: Office,
) -> None:
    old = sqlite_office.open("transfer", by="cy-samr-handler1", lead="samr")
    changed = _shipped().replace("起草移送函".encode(), "起草并核对移送函".encode())
    release = _release(sqlite_office, changed)
    assert sqlite_office.case(release).fields["release_check_passed"] is True
    sqlite_office.do(release, "countersign", legal_decision="同意")
    assert sqlite_office.case(release).is_closed
    new = sqlite_office.open("transfer", by="cy-samr-handler1", lead="samr")
    assert sqlite_office.open_tasks(new)["draft", ""].name == "起草并核对移送函"
    assert sqlite_office.open_tasks(old)["draft", ""].name == "起草移送函"
    assert sqlite_office.audit(release).is_clean
    assert sqlite_office.audit(new).is_clean


def test_a_broken_diagram_lists_every_problem_and_comes_back_to_its_author(
    sqlite_office: Office,
) -> None:
    broken = (
        _shipped()
        .replace(b'implementation="form:transfer-letter"', b'implementation="form:transfer-leter"')
        .replace(b"rule:\xe7\xa7\xbb\xe9\x80\x81\xe6\x9c\x9f\xe9\x99\x90", b"rule:nothing")
    )
    release = _release(sqlite_office, broken)
    fields = sqlite_office.case(release).fields
    assert fields["release_check_passed"] is False
    problems = fields["release_problems"]
    assert len(problems) >= 2
    assert all(problem["line"] > 0 and problem["element"] for problem in problems)
    assert ("upload", "") in sqlite_office.open_tasks(release)
    _send(sqlite_office, release, _shipped())
    assert ("countersign", "") in sqlite_office.open_tasks(release)


def test_what_is_wrong_with_the_upload_as_a_whole_is_said_at_once(sqlite_office: Office) -> None:
    office = sqlite_office
    sound = _shipped()
    release = _release(office, sound)
    office.do(release, "countersign", legal_decision="退回修改", legal_opinion="再看")
    files = [
        _upload(office, sound),
        _upload(office, sound + b"<!-- -->"),
        _upload(office, b"[1]", "transfer-letter.json"),
        _upload(office, b"{", "transfer-reply.json"),
        _upload(office, '{"x-guards": ["没有的规则"]}'.encode(), "transfer-approval.json"),
        _upload(office, b"", "rules.md"),
    ]
    _send(office, release, sound, release_files=files, effective_on="2020-01-01")
    whole = {"file-twice", "file-kind-unknown", "effective-past"}
    assert _codes(office, release) == {*whole, "form-broken", "form-rule-unknown"}
    one, other = _upload(office, sound), _upload(office, sound, "transfer-2.bpmn")
    _send(office, release, sound, release_files=[one, other])
    assert _codes(office, release) == {"process-twice"}
    _send(office, release, sound, release_files=[_upload(office, b"{}", "transfer-letter.json")])
    assert "diagram-missing" in _codes(office, release)
    assert office.audit(release).is_clean


def test_a_version_signed_late_holds_from_its_signature_and_not_before(
    sqlite_office: Office,
) -> None:
    office = sqlite_office
    changed = _shipped().replace("起草移送函".encode(), "起草并核对移送函".encode())
    release = _release(office, changed)
    between = office.open("transfer", by="cy-samr-handler1", lead="samr")
    office.do(release, "countersign", legal_decision="同意")
    with office.engine.store.read() as connection:
        (row,) = shelf.released_by(connection, release)
    case = office.case(between)
    assert case.opened_at < row.effective_at <= office.engine.now()
    assert case.version != row.version
