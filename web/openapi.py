"""The description of the interface for programs, OpenAPI 3.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    method: str
    path: str
    summary: str
    answers: tuple[int, ...]
    body: str | None = None  # the schema of what is sent
    is_open: bool = False  # no sign-in


_OPERATIONS = (
    Operation(
        method="post",
        path="/api/v1/sessions",
        summary="以登录名和密码换取令牌 / exchange login and password for a bearer token",
        answers=(201, 401, 429),
        body="SignIn",
        is_open=True,
    ),
    Operation(
        method="delete",
        path="/api/v1/sessions",
        summary="在所有设备上退出 / sign out everywhere",
        answers=(200, 401),
    ),
    Operation(
        method="get",
        path="/api/v1/tasks",
        summary="我的任务，按法定期限排列 / my tasks by legal deadline",
        answers=(200, 401),
    ),
    Operation(
        method="post",
        path="/api/v1/cases/{number}/tasks/{element}",
        summary="办理任务 / complete a task",
        answers=(200, 401, 403, 404, 409, 422),
        body="Completion",
    ),
    Operation(
        method="get",
        path="/api/v1/cases/{number}",
        summary="案件现状 / a case as it stands",
        answers=(200, 401, 403, 404),
    ),
    Operation(
        method="get",
        path="/api/v1/cases/{number}/events",
        summary="案件历史 / the history of a case",
        answers=(200, 401, 403, 404),
    ),
    Operation(
        method="get",
        path="/api/v1/cases/{number}/audit",
        summary="重新计算并比对 / replay and compare",
        answers=(200, 401, 403, 404, 429),
    ),
    Operation(
        method="post",
        path="/api/v1/definitions/check",
        summary="检查流程图 / check a diagram",
        answers=(200, 401, 422, 429),
        body="Diagram",
    ),
    Operation(
        method="post",
        path="/api/v1/rules/check",
        summary="检查规则文件 / check a rule file",
        answers=(200, 401, 403, 422, 429),
        body="Diagram",
    ),
    Operation(
        method="get",
        path="/api/v1/public/records",
        summary="已公示的内容 / what was published",
        answers=(200, 429),
        is_open=True,
    ),
)

_PROBLEM = {
    "type": "object",
    "required": ["code", "message", "severity"],
    "properties": {
        "file": {"type": ["string", "null"]},
        "line": {"type": ["integer", "null"]},
        "element": {"type": ["string", "null"]},
        "code": {"type": "string"},
        "message": {"type": "string"},
        "hint": {"type": ["string", "null"]},
        "severity": {"enum": ["error", "warning"]},
    },
}
_TEXT = {"type": "string"}
_BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "SignIn": (
        "application/json",
        {
            "type": "object",
            "required": ["login", "password"],
            "properties": {"login": _TEXT, "password": _TEXT},
        },
    ),
    "Completion": (
        "application/json",
        {
            "type": "object",
            "properties": {"data": {"type": "object"}, "turn": {"type": "integer"}},
        },
    ),
    "Diagram": (
        "multipart/form-data",
        {
            "type": "object",
            "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary"}, "jurisdiction": _TEXT},
        },
    ),
}


def paths() -> set[tuple[str, str]]:
    """Name every (method, path) described here."""
    return {(each.method, each.path) for each in _OPERATIONS}


def document() -> dict[str, Any]:
    described: dict[str, Any] = {}
    for each in _OPERATIONS:
        described.setdefault(each.path, {})[each.method] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "双随机", "version": "1"},
        "paths": described,
        "components": {
            "schemas": {
                "Problem": _PROBLEM,
                "Problems": {
                    "type": "object",
                    "required": ["problems"],
                    "properties": {
                        "problems": {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/Problem"},
                        }
                    },
                },
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": each.summary,
        "security": [] if each.is_open else [{"token": []}],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": _TEXT}
            for name in ("number", "element")
            if f"{{{name}}}" in each.path
        ],
        "responses": {str(status): _response(status) for status in each.answers},
    }
    if each.body:
        media, schema = _BODIES[each.body]
        described["requestBody"] = {"required": True, "content": {media: {"schema": schema}}}
    return described


def _response(status: int) -> dict[str, Any]:
    if status < 400 or status == 429:
        return {"description": "—"}
    schema = {"$ref": "#/components/schemas/Problems"}
    return {"description": "problems", "content": {"application/json": {"schema": schema}}}
