"""Coverage of the law: which normative sentences some quote touches, and what is left to do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rules.language.citations import source_texts
from rules.language.sources import SourceText, normalise

if TYPE_CHECKING:
    from rules.law import Law


OPEN: Final = "open:"
PLACES: Final = {
    "rule": "规则",
    "parameter": "参数",
    "diagram": "流程",
    "screen": "页面",
    "record": "记录",
}


def _parted(work: str) -> tuple[str, str, str]:
    return work.partition(":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The clause register of a jurisdiction: where else a clause is realised, what is outside."""

    works: tuple[tuple[str, str, str], ...] = ()  # document, words, where realised
    outside: tuple[tuple[str, str], ...] = ()  # words marked 不入规则, and why


def read_register(content: bytes, jurisdiction: str) -> Register:
    """Read register/clauses.toml; a work that begins with `open:` is still to be done."""
    table = tomllib.loads(content.decode("utf-8"))
    works = [
        (entry["document"], entry["quote"], work)
        for entry in table.get("clause", [])
        if entry.get("jurisdiction") == jurisdiction and "quote" in entry
        for work in entry.get("works", [])
    ]
    outside = [
        (normalise(entry["quote"]), entry["reason"])
        for entry in table.get("outside", [])
        if entry.get("jurisdiction") == jurisdiction and entry.get("reason")
    ]
    return Register(works=tuple(works), outside=tuple(outside))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence that commands, forbids or allows something, and what became of it."""

    document: str
    clause: str
    text: str
    works: tuple[str, ...]  # rule:… diagram:… screen:… record:…
    pending: tuple[str, ...] = ()  # what the register says is still to be done
    reason: str = ""  # why a person marked it 不入规则

    @property
    def open(self) -> bool:
        """Whether nothing of it is done."""
        return not self.works and not self.reason

    @property
    def where(self) -> str:
        """Say where it works, or why it need not."""
        found = [f"{PLACES[kind]} {name}" for kind, _, name in map(_parted, self.works)]
        found += [f"尚缺 {each}" for each in self.pending]
        if self.reason and not self.works:
            found.append(f"不入规则：{self.reason}")
        return "；".join(found) or "尚未落实"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The sentences of the texts held, and the rules that rest on a text not held."""

    sentences: tuple[Sentence, ...]
    without_text: tuple[tuple[str, str, str], ...]  # rule, document, clause

    @property
    def not_yet(self) -> int:
        """How many normative sentences neither a rule nor a reason covers."""
        return sum(sentence.open for sentence in self.sentences)

    def touched(self, document: str) -> tuple[int, int]:
        """Return how many normative sentences of a document some quote touches, of how many."""
        own = [sentence for sentence in self.sentences if sentence.document == document]
        return sum(bool(sentence.works) for sentence in own), len(own)


def coverage(law: Law, register: Register | None = None) -> Coverage:
    """Map the law onto the rules that quote it, and the register onto the rest."""
    register = register or Register()
    texts = source_texts(law)
    quotes = (*_quotes(law), *register.works)
    sentences = [
        sentence
        for document, text in sorted(texts.items())
        for sentence in _sentences(document, text, quotes, register.outside)
    ]
    without = sorted(
        {
            (rule.name, citation.document, citation.clause)
            for rule in law.program.all_rules
            for citation in rule.citations
            if citation.quote is None
        }
    )
    return Coverage(sentences=tuple(sentences), without_text=tuple(without))


def _quotes(law: Law) -> Iterator[tuple[str, str, str]]:
    """Yield every quote as (document, words, what quotes it)."""
    for rule in law.program.all_rules:
        for citation in rule.citations:
            if citation.quote is not None:
                yield citation.document, citation.quote, f"rule:{rule.name}"
    for parameter in law.program.names.parameters.values():
        for entry in parameter.dated:
            for cite in entry.cites:
                for quote in cite.quotes:
                    yield cite.document, quote, f"parameter:{parameter.name}"


def _sentences(
    document: str,
    text: SourceText,
    quotes: tuple[tuple[str, str, str], ...],
    outside: tuple[tuple[str, str], ...],
) -> Iterator[Sentence]:
    spans = [
        (span, name)
        for source, quote, name in quotes
        if source == document and (span := text.find(quote)) is not None
    ]
    for start, end in text.sentences():
        words = text.text[start:end]
        names = dict.fromkeys(name for (a, b), name in spans if a < end and start < b)
        done = tuple(name for name in names if not name.startswith(OPEN))
        yield Sentence(
            document=document,
            clause=str(text.around(end - 1) or ""),
            text=words,
            works=tuple(sorted(done, key=lambda name: tuple(PLACES).index(_parted(name)[0]))),
            pending=tuple(name.removeprefix(OPEN) for name in names if name.startswith(OPEN)),
            reason=next((why for part, why in outside if part in words or words in part), ""),
        )
