"""What may stand at the cursor: words the parser accepts, then names that fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lark import Token, UnexpectedToken

from rules.language.examples import verdict_words
from rules.language.expected import (
    HINTS,
    NEW_NAME,
    OTHER_PACK,
    comparisons,
    subject_type,
    value_type,
)
from rules.language.lexer import blocks, tokenize
from rules.language.markdown import literate
from rules.language.messages import LIKELY, run_before
from rules.language.phrase import said
from rules.language.types import Type
from rules.language.words import HUMAN, parser, spelled

if TYPE_CHECKING:
    from rules.law import Law

# After these a condition begins, where a fact is said as a sentence.
SENTENCE: Final = frozenset(
    {"", "_KW_WHEN", "_KW_MUST", "_KW_MUSTNOT", "_KW_AND", "_KW_OR", "_KW_NOT", "_BULLET"}
)
WORDLIKE: Final = {
    "BOOLLIT": ("是", "否"),
    "HIT": ("唯一", "首个", "收集"),
    "THIS_VISIT": ("含本次", "不含本次"),
}
LITERALS: Final = frozenset({"NUMBER", "PERCENT", "DATE", "STRING", "BOOLLIT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One entry of a completion list."""

    text: str
    kind: str  # word term value parameter rule hint
    detail: str = ""


def complete(
    law: Law, text: str, line: int, column: int, *, file: str = ""
) -> tuple[Suggestion, ...]:
    """Return what may stand at a 1-based position of a pack file, most likely first."""
    source = literate(text, file) if file.endswith(".md") else None
    if source is None:
        return _complete(law, _before(text, line, column), "block")
    if not 0 < line <= len(source.inside) or not source.inside[line - 1]:
        return ()  # prose is free
    return _complete(law, _before(source.rules, line, column), "block")


def complete_condition(law: Law, text: str) -> tuple[Suggestion, ...]:
    """Return what may follow the text of a gateway condition."""
    return _complete(law, text, "condition")


def _before(text: str, line: int, column: int) -> str:
    lines = text.split("\n")[:line]
    if lines:
        lines[-1] = lines[-1][: column - 1]
    return "\n".join(lines)


def _complete(law: Law, before: str, start: str) -> tuple[Suggestion, ...]:
    started = run_before(before, len(before))
    head = before[: len(before) - len(started)]
    found = _after(law, head, start)
    if not started:
        return found
    begun = tuple(item for item in found if item.text.startswith(started))
    finished = any(item.text == started for item in begun) or not begun
    longer = tuple(item for item in begun if item.text != started)
    return longer + _after(law, before, start) if finished else begun


def _after(law: Law, head: str, start: str) -> tuple[Suggestion, ...]:
    tokens = tokenize(head, law.vocabulary).tokens
    if start == "block":
        parts = list(blocks(tokens))
        tokens = parts[-1] if parts else []
        if tokens and tokens[-1].type == "_KW_END":
            tokens = []
    state: Any = parser().parse_interactive(start=start)
    for token in tokens:
        try:
            state.feed_token(token)
        except UnexpectedToken:
            return ()
    return tuple(_suggest(law, state.accepts(), tokens))


def _suggest(law: Law, accepts: set[str], tokens: list[Token]) -> list[Suggestion]:
    rank = {name: index for index, name in enumerate(LIKELY)}
    wanted = value_type(law, tokens)
    found: list[Suggestion] = []
    for name in sorted(accepts, key=lambda n: (rank.get(n, len(rank)), spelled().get(n, n))):
        if name == "NAME":
            found += _names(law, tokens)
        elif name == "PREDICATE":
            found += _predicates(law, tokens)
        elif name == "OP":
            words = comparisons(subject_type(law, tokens))
            found += [Suggestion(text=word, kind="word") for word in words]
        elif name == "$END" or (wanted is not None and not _fits(name, wanted)):
            continue
        elif name in WORDLIKE:
            found += [Suggestion(text=word, kind="word") for word in WORDLIKE[name]]
        elif name in HUMAN:
            found.append(Suggestion(text=HUMAN[name], kind="hint"))
        else:
            found.append(Suggestion(text=spelled().get(name, name), kind="word"))
    return sorted(dict.fromkeys(found), key=lambda item: item.kind != "value")


def _fits(name: str, wanted: Type) -> bool:
    """Whether a literal, or a function, can give a value of a type."""
    if name == "BOOLLIT":
        return wanted.truth
    if name == "STRING":
        return wanted.kind in {"text", "department"}
    if name in LITERALS:
        measured = wanted.numeric or wanted.kind == "date"
        return measured and name == HINTS.get(wanted.kind, "NUMBER")
    return wanted.numeric or wanted.kind == "date"


def _predicates(law: Law, tokens: list[Token]) -> list[Suggestion]:
    """Return what can be said of the subject that stands before the cursor."""
    path: list[str] = []
    for token in reversed(tokens):
        if token.type not in {"NAME", "_KW_OF"}:
            break
        path.insert(0, str(token))
    facts = law.vocabulary.said.values()
    subject = "".join(path)
    found = sorted(predicate for named, predicate in facts if named == subject)
    return [Suggestion(text=predicate, kind="term", detail="是否") for predicate in found]


def _names(law: Law, tokens: list[Token]) -> list[Suggestion]:
    names = law.program.names
    previous = tokens[-1].type if tokens else ""
    if previous in NEW_NAME:
        return [Suggestion(text=HUMAN["NAME"], kind="hint")]
    if previous == "_KW_YIELDS":
        return [Suggestion(text=word, kind="value") for word in verdict_words()]
    if previous in OTHER_PACK or previous == "_DOT":
        return _elsewhere(law, tokens)
    if previous in {"_KW_OF_RULE", "_KW_PRIOR_TO"}:
        return [Suggestion(text=name, kind="rule") for name in law.program.rules]
    if previous in {"_KW_IS", "_KW_ISNOT", "_KW_IN", "_SEP", "_EQUALS"}:
        values = _values(law, tokens)
        if values:
            return values
    if previous == "_KW_CITE":
        sources = [s for header in law.program.packs.values() for s in header.sources]
        return [Suggestion(text=s.name, kind="value", detail=s.title) for s in sources]
    sentence = previous in SENTENCE
    wanted = value_type(law, tokens)
    terms = [
        Suggestion(
            text=said(path) if sentence and term.type.truth else path,
            kind="term",
            detail=str(term.type),
        )
        for path, term in names.terms.items()
        if wanted is None or term.type == wanted
    ]
    parameters = [
        Suggestion(text=name, kind="parameter", detail=str(found.type))
        for name, found in names.parameters.items()
        if wanted is None or found.type == wanted
    ]
    return [*terms, *parameters]


def _elsewhere(law: Law, tokens: list[Token]) -> list[Suggestion]:
    """Return the packs there are, or after 包· the rules of that pack."""
    rules = law.program.all_rules
    if tokens[-1].type in OTHER_PACK:
        packs = dict.fromkeys(rule.pack for rule in rules)
        return [Suggestion(text=pack, kind="value") for pack in packs]
    pack = str(tokens[-2]) if len(tokens) > 1 else ""
    return [Suggestion(text=rule.name, kind="rule") for rule in rules if rule.pack == pack]


def _values(law: Law, tokens: list[Token]) -> list[Suggestion]:
    """Return the values of the enum the comparison is about."""
    names = law.program.names
    path: list[str] = []
    for token in reversed(tokens[:-1]):
        if token.type in {"NAME", "_KW_OF"}:
            path.insert(0, str(token))
            term = names.terms.get(names.canonical("".join(path)))
            if term is not None and term.type.kind == "enum":
                values = names.enums.get(term.type.name, ())
                return [Suggestion(text=v, kind="value", detail=term.type.name) for v in values]
        elif token.type in {"_SEP", "_KW_IN"}:
            path = []
        else:
            break
    return []
