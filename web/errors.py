"""Errors as pages people can act on, and as problems a program can read. Never a stack trace."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import cast

from flask import Flask, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine import errors, troubles
from engine.errors import ProductError
from engine.store import queues
from web import unsent
from web.access import current_person
from web.asked import way_back
from web.language import gettext as _
from web.language import language
from web.named import named
from web.site import site

Answer = tuple[str | Response, int]

# The domain knows no HTTP; here, and only here, its codes get a status.
STATUS: Mapping[str, int] = {
    "unknown-case": 404,
    "unknown-process": 404,
    "unknown-person": 404,
    "not-found": 404,
    "sign-in-first": 401,
    "not-allowed": 403,
    "other-department": 403,
    "not-your-task": 403,
    "not-their-task": 403,
    "not-your-case": 403,
    "other-jurisdiction": 403,
    "attempt-refused": 403,
    "four-eyes": 403,
    "recused": 403,
    "sealed": 403,
    "form-invalid": 422,
    "rule-broken": 422,
    "reason-required": 422,
    "facts-needed": 422,
    "beacon-mismatch": 422,
    "answers-changed": 409,
    "registry-moved": 409,
    "registry-busy": 409,
    "history-damaged": 409,
    "login-taken": 422,
    "weak-password": 422,
    "too-large": 413,
    "unwritable-text": 400,
    "own-account": 409,
}
REFUSED = 409  # the case is not, or no longer, where the person thought it was

NOT_SIGNED_IN = ("sign-in-first", "stale-form")  # the session ended while a form was filled in
UNAVAILABLE = 503  # not now


def status_of(error: ProductError) -> int:
    """Return the status of an error; a refusal that names no other is a conflict with the case."""
    if error.code in STATUS:
        return STATUS[error.code]
    return REFUSED if isinstance(error, errors.Refusal | errors.Conflict) else 422


def init(app: Flask) -> None:
    app.register_error_handler(ProductError, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SQLAlchemyError, _database)
    app.register_error_handler(Exception, _incident)


def wants_json() -> bool:
    return request.path.startswith("/api/")


def _refused(error: ProductError) -> Answer:
    return _answer(status_of(error), error.code, named(error.sentence(language())), error)


def _stale_form(_error: CSRFError) -> Answer:
    return _answer(
        400, "stale-form", _("页面停留过久，或者期间重新登录过；没有提交。请从原页面重新提交。")
    )


def _http(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    return _answer(status, f"http-{status}", _http_sentence(status))


def _http_sentence(status: int) -> str:
    sentences = {
        400: _("请求不完整或写法有误，请从页面重新填写后提交。"),
        404: _("没有这个页面，请检查地址。"),
        405: _("这个地址不接受这种操作，请从页面上的按钮进入。"),
        413: _("上传的文件太大，请压缩或拆分后再传。"),
        415: _("请求的内容类型不对，请按接口说明发送。"),
        429: _("操作太频繁，请一分钟后再试。"),
    }
    return sentences.get(status, _("请求无法处理，请返回重试。"))


def _database(error: SQLAlchemyError) -> Answer:
    """A database that is busy, full or gone can note no incident; whoever asked may ask again."""
    told = troubles.of_database(error)
    if told is None:
        return _incident(error)
    current_app.logger.error("%s %s: %s", request.method, request.path, error)
    return _answer(UNAVAILABLE, told.code, told.sentence(language()))


def _incident(error: Exception) -> Answer:
    sentence = _("系统出错，已记录。请把编号 %(number)s 告诉管理员。", number=_recorded(error))
    return _answer(500, "internal", sentence)


def _recorded(error: Exception) -> str:
    """Note an incident for the administrator; if even that fails, the log alone has it."""
    trace = "".join(traceback.format_exception(error))
    current_app.logger.error("%s %s\n%s", request.method, request.path, trace)
    person = current_person()
    here = site()
    try:
        return queues.note_incident(
            here.store,
            at=here.wall(),
            actor=person.id if person else "public",
            what=f"{request.method} {request.path}"[:80],
            trace=trace,
        )
    except Exception:
        current_app.logger.exception("the incident could not be stored")
        return "—"


def _answer(status: int, code: str, sentence: str, error: ProductError | None = None) -> Answer:
    if wants_json():
        return jsonify(problems=[problem(code, sentence)]), status
    page = render_template(
        "error.html",
        status=status,
        sentence=sentence,
        error=error,
        code=code,
        back=way_back(),
        unsent=unsent.to_nobody() if code in NOT_SIGNED_IN else [],
    )
    return page, status


def problem(code: str, message: str, **more: object) -> dict[str, object]:
    """Return the one form in which problems are told to programs."""
    empty: dict[str, object] = {"file": None, "line": None, "element": None, "hint": None}
    return cast(
        "dict[str, object]",
        {**empty, "code": code, "message": message, "severity": "error", **more},
    )
