"""A form file as fields in order: what to ask, how to ask it, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

LONG_LIST = 7  # more choices than this are a list to pick from, not buttons side by side
NOTHING_FOUND = "未发现问题"  # the answer of most rows, offered for all of them at once
BRIEF = frozenset({"date", "number", "percent"})
LONG_TEXT = 200  # an answer that may be longer than this gets several lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice; those of a long list stand in groups, with a word that tells them apart."""

    value: str
    title: str
    group: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question; `path` is its name in the page, `columns` are the questions of each row."""

    path: str
    title: str
    help: str
    widget: str
    required: bool
    schema: Schema
    options: tuple[Option, ...] = ()
    columns: tuple[Field, ...] = ()
    section: str = ""  # the heading that begins above this question
    folds: bool = False  # what stands under that heading is for rare cases

    @property
    def name(self) -> str:
        return self.path.rsplit(".", 1)[-1]

    @property
    def many(self) -> bool:
        return kind_of(self.schema) == "array"

    @property
    def is_brief(self) -> bool:
        """Tell whether the answer is so short that two of its kind stand side by side."""
        return self.widget in BRIEF or (self.widget == "text" and "pattern" in self.schema)

    @property
    def in_cards(self) -> bool:
        """Tell whether each row is a card of its own: lists of choices are too tall for a table."""
        return any(column.widget in ("checkboxes", "radio") for column in self.columns)

    @property
    def clear(self) -> tuple[str, Option] | None:
        """Return the column of a row and its answer that says nothing was found, if it has one."""
        for column in self.columns:
            for option in column.options:
                if option.title == NOTHING_FOUND:
                    return column.name, option
        return None

    @property
    def clear_answer(self) -> Option | None:
        found = self.clear
        return found[1] if found else None

    @property
    def personal(self) -> bool:
        return bool(self.schema.get("x-personal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form file as read; `schema` is the only judge of what may be submitted."""

    name: str
    title: str
    description: str
    schema: Schema
    fields: tuple[Field, ...]

    @property
    def confirm(self) -> bool:
        return bool(self.schema.get("x-confirm"))

    @property
    def shows(self) -> tuple[str, ...]:
        return tuple(self.schema.get("x-shows", ()))

    @property
    def reason_field(self) -> str | None:
        named = self.schema.get("x-reason-field")
        return str(named) if named else None

    def field(self, path: str) -> Field | None:
        """Find the question of a page name; the row number in `results.3.code` does not matter."""
        first, *rest = path.split(".")
        found = next((field for field in self.fields if field.name == first), None)
        if found is None or not rest:
            return found
        wanted = rest[-1]
        return next((column for column in found.columns if column.name == wanted), found)


def read(name: str, schema: Schema) -> Form:
    """Read a form file's schema; the order of `properties` is the order of the questions."""
    return Form(
        name=name,
        title=str(schema.get("title", name)),
        description=str(schema.get("description", "")),
        schema=schema,
        fields=tuple(_fields(schema, root=schema)),
    )


def kind_of(schema: Schema) -> str:
    """Return the JSON type a schema asks for; of several the first that is not null."""
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        return str(next((each for each in kind if each != "null"), "string"))
    return str(kind)


def words(forms: Mapping[str, Form]) -> dict[str, Field]:
    """Index every question of a version by its name, for showing recorded answers in words."""
    return {field.name: field for form in forms.values() for field in form.fields}


def _fields(schema: Schema, *, root: Schema, inside: str = "") -> Iterator[Field]:
    required = frozenset(schema.get("required", ())) | _unless_chosen(schema)
    for name, given in schema.get("properties", {}).items():
        asked = _resolve(given, root)
        path = f"{inside}.{name}" if inside else name
        yield Field(
            path=path,
            title=str(asked.get("title", name)),
            help=str(asked.get("description", "")),
            widget=widget_of(asked),
            required=name in required,
            schema=asked,
            options=_options(asked),
            columns=tuple(_columns(asked, root=root, path=path)),
            section=str(asked.get("x-section", "")),
            folds=bool(asked.get("x-fold")),
        )


def _unless_chosen(schema: Schema) -> frozenset[str]:
    """Return what is asked for as long as nobody chooses other than the form suggests."""
    asked = schema.get("properties", {})
    return frozenset(
        name
        for each in schema.get("allOf", ())
        if _holds_at_first(each.get("if", {}).get("properties", {}), asked)
        for name in each.get("then", {}).get("required", ())
    )


def _holds_at_first(condition: Schema, asked: Schema) -> bool:
    return bool(condition) and all(
        "const" in wanted and asked.get(name, {}).get("default") == wanted["const"]
        for name, wanted in condition.items()
    )


def _columns(schema: Schema, *, root: Schema, path: str) -> Iterator[Field]:
    if kind_of(schema) == "array":
        each = _resolve(schema.get("items", {}), root)
        if kind_of(each) == "object" and "properties" in each:
            yield from _fields(each, root=root, inside=f"{path}.#")
    elif kind_of(schema) == "object" and "properties" in schema:
        yield from _fields(schema, root=root, inside=path)


def _resolve(schema: Schema, root: Schema) -> Schema:
    """Follow a local `$ref`; its siblings win, so a title beside the reference is kept."""
    reference = schema.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return schema
    target: Any = root
    for step in reference[2:].split("/"):
        target = target[step]
    beside = {key: value for key, value in schema.items() if key != "$ref"}
    return {**_resolve(target, root), **beside}


def widget_of(schema: Schema) -> str:
    """Name the way to ask: the file's own `x-widget`, else the plainest one that fits the type."""
    rows = kind_of(schema) == "array" and "properties" in schema.get("items", {})
    if rows:
        return "rows"
    named = schema.get("x-widget")
    return str(named) if named else _PLAIN.get(kind_of(schema), _plain_text)(schema)


def _plain_text(schema: Schema) -> str:
    if "enum" in schema:
        return "radio" if len(schema["enum"]) <= LONG_LIST else "select"
    if schema.get("format") == "date":
        return "date"
    return "textarea" if int(schema.get("maxLength", 0)) > LONG_TEXT else "text"


_PLAIN: Mapping[str, Callable[[Schema], str]] = {
    "boolean": lambda _: "checkbox",
    "integer": lambda _: "number",
    "number": lambda _: "number",
    "array": lambda schema: "checkboxes" if "enum" in schema.get("items", {}) else "list",
    "object": lambda _: "group",
}


def _options(schema: Schema) -> tuple[Option, ...]:
    chosen = schema.get("items", {}) if kind_of(schema) == "array" else schema
    values = chosen.get("enum", ())
    titles = chosen.get("x-enum-titles", schema.get("x-enum-titles", ()))
    if isinstance(titles, Mapping):
        return tuple(Option(value=str(v), title=str(titles.get(v, v))) for v in values)
    listed = [*titles, *values[len(titles) :]]
    if kind_of(chosen) == "boolean" and not values:
        return (Option(value="true", title="是"), Option(value="false", title="否"))
    return tuple(
        Option(value=written(value), title=str(title))
        for value, title in zip(values, listed, strict=False)
    )


def grouped(options: Iterable[Option]) -> list[tuple[str, list[Option]]]:
    """Return a list in its groups, each where its first option stands."""
    found: dict[str, list[Option]] = {}
    for option in options:
        found.setdefault(option.group, []).append(option)
    return list(found.items())


def written(value: object) -> str:
    """Write a plain answer as a page's value attribute."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
