"""The headed parts of a form; a part for rare cases stays folded until somebody needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.history import Json
from web.forms.schema import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions under one heading; `folds` says that the form offers them for rare cases only."""

    title: str
    folds: bool
    fields: tuple[Field, ...]


def sections(fields: Sequence[Field]) -> tuple[Section, ...]:
    """Cut the questions at their headings; those before the first stand under no heading."""
    starts = [at for at, field in enumerate(fields) if field.section]
    cuts = [0, *[at for at in starts if at], len(fields)]
    parts = [tuple(fields[begin:end]) for begin, end in pairwise(cuts)]
    return tuple(
        Section(title=part[0].section, folds=part[0].folds, fields=part) for part in parts if part
    )


def is_folded(
    section: Section, answers: Mapping[str, Json] | None, wrong: Mapping[str, str], inside: str = ""
) -> bool:
    """Tell whether a part may be shown closed: nothing in it is asked for, answered or wrong."""
    return section.folds and not any(
        field.required or _answered(field, answers or {}) or _wrong(f"{inside}{field.name}", wrong)
        for field in section.fields
    )


def _answered(field: Field, answers: Mapping[str, Json]) -> bool:
    given = answers.get(field.name)
    return given not in (None, "", [], False, field.schema.get("default"))


def _wrong(path: str, wrong: Mapping[str, str]) -> bool:
    return any(place == path or place.startswith(f"{path}.") for place in wrong)
