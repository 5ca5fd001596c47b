"""A small site under the product's strict policy: the built bundles, sample diagrams, one page."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

ROOT = Path(__file__).parents[2]
DIST = ROOT / "web" / "static" / "dist"
SAMPLES = Path(__file__).parent / "samples"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
# Icons and the panel of the modeler set inline style attributes; nothing else is relaxed.
MODELER = f"{STRICT}; style-src-attr 'unsafe-inline'"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".bpmn": "application/xml",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    body: bytes
    kind: str = "application/json"
    status: str = "200 OK"


Handler = Callable[[bytes], Answer]


def as_json(value: object, status: str = "200 OK") -> Answer:
    return Answer(body=json.dumps(value, ensure_ascii=False).encode(), status=status)


def page(body: str, *bundles: str, language: str = "zh-CN", own_style: bool = True) -> str:
    """Return a page that loads `bundles` ("modeler.js") the way the product's templates do."""
    styles = "".join(
        f'<link rel="stylesheet" href="/dist/{name}">' for name in bundles if name.endswith(".css")
    )
    scripts = "".join(
        f'<script src="/dist/{name}" defer></script>' for name in bundles if name.endswith(".js")
    )
    product = '<link rel="stylesheet" href="/style.css">' if own_style else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>页</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,">{product}{styles}{scripts}</head>'
        f"<body>{body}</body></html>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Serves `pages` by path, `handlers` by path, /dist/… and /samples/…; anything else is 404."""

    pages: Mapping[str, str]
    handlers: Mapping[str, Handler]
    policy: str = STRICT

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        answer = self._answer(environ["PATH_INFO"], environ)
        start(
            answer.status,
            [("Content-Type", answer.kind), ("Content-Security-Policy", self.policy)],
        )
        return [answer.body]

    def _answer(self, path: str, environ: "WSGIEnvironment") -> Answer:
        if path in self.pages:
            return Answer(body=self.pages[path].encode(), kind="text/html; charset=utf-8")
        if path in self.handlers:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            return self.handlers[path](environ["wsgi.input"].read(length))
        return _file(path)


def _file(path: str) -> Answer:
    folders = {"dist": DIST, "samples": SAMPLES, "workflows": ROOT / "workflows"}
    top, _, rest = path.lstrip("/").partition("/")
    file = ROOT / "web/static/style.css" if path == "/style.css" else folders.get(top, DIST) / rest
    if not file.is_file():
        return Answer(body=b"", status="404 Not Found")
    return Answer(body=file.read_bytes(), kind=TYPES.get(file.suffix, "text/plain"))
