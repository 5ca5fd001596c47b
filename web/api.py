"""The same product for programs: JSON in, JSON out, problems always in one form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from engine import auditing
from engine.commands import CompleteTask
from engine.history import Record
from engine.store import outbox, sessions, worklists
from web import auth, dossier, limits, openapi, plain_text, rulebook
from web.access import PUBLIC, STAFF, STAFF_OR_DEMO, STUDIO, allow, current_person, signed_in
from web.asked import asked
from web.dossier import actor_of
from web.errors import problem
from web.language import gettext as _
from web.language import language
from web.site import site
from web.studio import DIAGRAM_LIMIT, problems_of

api = Blueprint("api", __name__, url_prefix="/api")

Answer = Response | tuple[Response, int]


@api.get("/openapi.json")
@allow(PUBLIC)
def description() -> Response:
    return jsonify(openapi.document())


@api.post("/v1/sessions")
@allow(PUBLIC)
@limits.limiter.limit(limits.SIGN_IN)
def sign_in() -> Answer:
    """Exchange a login and a password for a bearer token."""
    given = _object()
    person = auth.check(str(given.get("login", "")), str(given.get("password", "")))
    if person is None or person.must_change:
        message = _("登录名或密码不正确，或须先在网页上修改密码。")
        return jsonify(problems=[problem("sign-in-failed", message)]), 401
    return jsonify(token=auth.new_session(person.id), person=person.login), 201


@api.delete("/v1/sessions")
@allow(STAFF)
def sign_out() -> Answer:
    with site().store.write() as tx:
        sessions.end_all(tx, signed_in().id)
    return jsonify(ended=True)


@api.get("/v1/tasks")
@allow(STAFF)
def tasks() -> Response:
    me, wanted = signed_in(), asked()
    with site().store.read() as tx:
        found = worklists.worklist_page(
            tx, actor_of(me), me.jurisdiction, limit=wanted.size, offset=wanted.offset
        )
    return jsonify(
        tasks=[
            {
                "number": item.number,
                "element": item.element,
                "key": item.key,
                "task": item.task,
                "role": item.role,
                "title": item.case_title,
                "holder": item.holder,
                "due_at": item.due_at.isoformat() if item.due_at else None,
            }
            for item in found
        ]
    )


@api.post("/v1/cases/<number>/tasks/<path:element>")
@allow(STAFF)
def complete(number: str, element: str) -> Answer:
    """Complete a task with its form's fields; `turn` refuses a form of an earlier visit."""
    given, me = _object(), signed_in()
    with site().store.read() as tx:
        found = dossier.find(tx, number, me)
    name, _at, key = element.partition("@")
    turn = given.get("turn")
    handled = site().engine.handle(
        CompleteTask(
            case_id=found.row.case_id,
            actor=me.id,
            element=name,
            key=key,
            data=given.get("data") or {},
            turn=turn if isinstance(turn, int) else None,
        )
    )
    return jsonify(number=handled.number, events=[_event(each) for each in handled.records])


@api.get("/v1/cases/<number>")
@allow(STAFF)
def case(number: str) -> Response:
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        state = found.state(tx)
        work = worklists.open_tasks(tx, state.case_id)
    return jsonify(
        number=state.number,
        title=state.title,
        process=state.process,
        version=state.version,
        closed=state.is_closed,
        parties={name: list(ids) for name, ids in state.parties.items()},
        fields=dict(state.fields),
        open_tasks=[{"element": item.element, "key": item.key, "task": item.task} for item in work],
    )


@api.get("/v1/cases/<number>/events")
@allow(STAFF)
def events(number: str) -> Response:
    with site().store.read() as tx:
        records = dossier.find(tx, number, signed_in()).records(tx)
    return jsonify(events=[_event(record) for record in records])


@api.get("/v1/cases/<number>/audit")
@allow(STAFF)
@limits.limiter.limit(limits.CHECKS)
def recompute(number: str) -> Response:
    """Replay a case from its inputs and list every difference."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
    result = auditing.audit_case(site().engine, found.row)
    return jsonify(
        number=result.number,
        events=result.events,
        clean=result.is_clean,
        discrepancies=[
            {"seq": each.seq, "code": each.code, "message": each.sentence(language())}
            for each in result.discrepancies
        ],
    )


@api.post("/v1/definitions/check")
@allow(STAFF_OR_DEMO)
@limits.limiter.limit(limits.CHECKS)
def check_definition() -> Answer:
    """Check a diagram; 200 when nothing forbids it, 422 with every problem of a stage otherwise."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        message = _("请用 multipart 的 file 字段上传一个 .bpmn 文件。")
        return jsonify(problems=[problem("file-missing", message)]), 422
    person = current_person()
    place = person.jurisdiction if person else request.form.get("jurisdiction")
    found = problems_of(upload.stream.read(DIAGRAM_LIMIT + 1), upload.filename, place)
    wrong = any(each["severity"] == "error" for each in found)
    return jsonify(problems=found), 422 if wrong else 200


@api.post("/v1/rules/check")
@allow(STUDIO)
@limits.limiter.limit(limits.CHECKS)
def check_rules() -> Answer:
    """Check a rule file in its place among the others of the pack."""
    upload = request.files.get("file")
    law = site().shelves[signed_in().jurisdiction].law
    path = next((each for each in law.files if upload and each.endswith(f"/{upload.filename}")), "")
    if upload is None or not path:
        message = _("请用 multipart 的 file 字段上传规则包里的一个 .md 文件。")
        return jsonify(problems=[problem("file-missing", message)]), 422
    found = rulebook.problems_of(law, path, upload.stream.read(rulebook.TEXT_LIMIT))
    wrong = any(each["severity"] == "error" for each in found)
    return jsonify(problems=found), 422 if wrong else 200


@api.get("/v1/public/records")
@allow(PUBLIC)
@limits.limiter.limit(limits.PUBLIC_PAGES)
def published() -> Response:
    wanted = asked()
    with site().store.read() as tx:
        found = outbox.board(
            tx, jurisdiction=None, kind=None, limit=wanted.size, offset=wanted.offset
        )
    return jsonify(
        records=[
            {
                "kind": each["kind"],
                "number": each["number"],
                "title": each["title"],
                "published_at": each["published_at"].isoformat(),
                "content": each["body"],
            }
            for each in found
        ]
    )


def _event(record: Record) -> dict[str, Any]:
    return {
        "seq": record.seq,
        "kind": record.kind,
        "role": record.role,
        "at": record.at.isoformat(),
        "actor": record.actor,
        "hash": record.hash.hex(),
        "body": record.body.decode(),
    }


def _object() -> dict[str, Any]:
    try:
        given = request.get_json(silent=True)
    except RecursionError:
        raise plain_text.TooDeep from None
    if not isinstance(given, dict) or not isinstance(given.get("data") or {}, dict):
        raise BadRequest
    plain_text.refuse_in(given)
    return given
