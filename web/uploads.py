"""Files that came with a form: kept under their hash, and named in the record."""

from __future__ import annotations

from pathlib import Path

from flask import request
from werkzeug.datastructures import FileStorage

from engine.history import Json
from engine.store import eventstore
from web import files
from web.forms.schema import Form
from web.site import site

RECORDED = (".bpmn", ".json", ".md", ".toml", ".csv", ".txt")
RECORDED_UP_TO = 4 * 1024 * 1024


def taken_in(form: Form) -> dict[str, Json]:
    """Store what was uploaded and return, by page name, how the record names it."""
    folder = site().settings.var / "files"
    kept: dict[str, Json] = {}
    for path, uploads in request.files.lists():
        field = form.field(path)
        named = [_kept(upload, folder) for upload in uploads if upload.filename]
        if field is not None and named:
            kept[path] = list(named) if field.many else named[-1]
    return kept


def _kept(upload: FileStorage, folder: Path) -> Json:
    stored = files.keep(folder, upload.stream)
    name = upload.filename or ""
    if stored.size <= RECORDED_UP_TO and name.endswith(RECORDED):
        _record(folder, stored.sha256)
    return files.reference(stored.sha256, name)


def _record(folder: Path, sha256: str) -> None:
    """Put a diagram, form or rule file into the record too: a version is rebuilt from there."""
    here = site()
    content = files.path_of(folder, sha256).read_bytes()
    with here.store.write() as tx:
        eventstore.keep(tx, (content,), media="application/octet-stream", at=here.now())
