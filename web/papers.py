"""The papers of a case: attachments people brought, documents the case has made."""

from __future__ import annotations

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from engine.store import eventstore
from web import dossier, files, headers
from web.access import STAFF, allow, signed_in
from web.site import site
from web.words import documents_in

papers = Blueprint("papers", __name__, url_prefix="/cases")


@papers.get("/<number>/files/<sha256>")
@allow(STAFF)
def attachment(number: str, sha256: str) -> Response:
    """Hand out an attachment, only through a case that names it."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        named = dict(attached(found.state(tx).fields))
    if sha256 not in named:
        raise files.UnknownFile
    path = files.path_of(site().settings.var / "files", sha256)
    return send_file(
        path.absolute(),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=named[sha256],
    )


@papers.get("/<number>/documents/<address>")
@allow(STAFF)
def document(number: str, address: str) -> Response:
    """Show a document the case has made, exactly as its hash says; it runs nothing."""
    with site().store.read() as tx:
        found = dossier.find(tx, number, signed_in())
        if address not in {place for _, place in documents_in(found.state(tx).fields)}:
            raise files.UnknownFile
        content = eventstore.fetch(tx, address)
    headers.policy(headers.DOCUMENT)
    return Response(content, content_type="text/html; charset=utf-8")


def attached(fields: object) -> list[tuple[str, str]]:
    """Return (address, name) of every attachment named anywhere in the fields."""
    stack, named = [fields], []
    while stack:
        held = stack.pop()
        if isinstance(held, dict):
            stack.extend(held.values())
        elif isinstance(held, list | tuple):
            stack.extend(held)
        elif isinstance(held, str) and (parts := files.parts(held)) is not None:
            named.append(parts)
    return named
