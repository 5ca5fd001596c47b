"""Somebody at a browser without scripts: follows links, fills in forms, reads what comes back."""

from __future__ import annotations

import html
import re
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    """One browser; `signed_in_as` uses the demonstration's one-click sign-in."""

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.environment = {"REMOTE_ADDR": address}
        self._token: str | None = None

    def signed_in_as(self, login: str) -> Visitor:
        answer = self.post("/login/demo", {"login": login})
        assert answer.status_code == 303, answer.text
        return self

    def get(self, path: str, **more: Any) -> TestResponse:
        answer = self.client.get(path, environ_overrides=self.environment, **more)
        # a real server sends no other, and Flask's client would not notice
        assert all(value.isascii() for value in answer.headers.values()), answer.headers
        return answer

    def page(self, path: str, status: int = 200) -> str:
        """Return a page's text as a reader sees it: tags gone, entities resolved."""
        answer = self.get(path)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
        return readable(answer.text)

    def post(
        self, path: str, data: dict[str, Any] | MultiDict[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """Post a form with the token a page would have carried."""
        filled = data if isinstance(data, MultiDict) else _parts(data or {})
        filled["csrf_token"] = self.token()
        answer = self.client.post(path, data=filled, environ_overrides=self.environment, **more)
        if path.startswith(("/login", "/logout", "/password")):
            self._token = None  # signing in or out makes every older form stale
        return answer

    def token(self) -> str:
        if self._token is None:
            found = _TOKEN.search(self.get("/public").text)
            assert found is not None
            self._token = found[1]
        return self._token

    def hidden(self, path: str) -> dict[str, str]:
        """Return what the form of a page would send along unseen."""
        return dict(_HIDDEN.findall(self.get(path).text))

    def english(self) -> Visitor:
        self.post("/display", {"language": "en", "next": "/"})
        return self


def _parts(data: dict[str, Any]) -> MultiDict[str, Any]:
    """Return a form's parts; a pair of a stream and a name is one file, not two values."""
    parts: MultiDict[str, Any] = MultiDict()
    for name, value in data.items():
        for each in value if isinstance(value, list) else [value]:
            parts.add(name, each)
    return parts


def readable(markup: str) -> str:
    body = re.sub(r"<(script|style).*?</\1>", "", markup, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
