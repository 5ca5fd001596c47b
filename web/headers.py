"""What every answer carries: a strict content policy per page, and the usual guards."""

from __future__ import annotations

from flask import Flask, Response, g

from web.access import current_person
from web.site import site

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Token simulation, icons and the properties panel write style attributes.
MODELER = f"{STRICT}; style-src-attr 'unsafe-inline'"

# A printed document carries its own style and nothing else.
DOCUMENT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox allow-modals"
)


def policy(text: str) -> None:
    """Give the page being answered another policy than the strict one."""
    g.content_policy = text


def init(app: Flask) -> None:
    @app.after_request
    def guard_answer(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", g.get("content_policy", STRICT))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        if site().settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if current_person() is not None:
            headers.setdefault("Cache-Control", "private, no-store")
        return response
