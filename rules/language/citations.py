"""Citations against the pinned texts: verbatim, and inside the clause they name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from rules.errors import Problem
from rules.language import core as c
from rules.language import declarations as d
from rules.language.messages import did_you_mean
from rules.language.place import Place
from rules.language.program import Rule
from rules.language.sources import SourceText, normalise, read_source, source_paths
from rules.language.types import decimal

if TYPE_CHECKING:
    from rules.law import Law

RANKS: Final = ("规范性文件", "规章", "法规", "法律")
LEVELS: Final = ("区", "县", "市", "省", "国家")


def check_citations(law: Law) -> Iterator[Problem]:
    """Yield every quote that is not in its text or clause, and every text that is not pinned."""
    yield from _pins(law)
    texts = source_texts(law)
    for rule in law.program.all_rules:
        for citation in rule.citations:
            if citation.quote is not None:
                yield from _quote(
                    texts, rule.file, rule.place, citation.document, citation.clause, citation.quote
                )
    for parameter in law.program.names.parameters.values():
        for entry in parameter.dated:
            for cite in entry.cites:
                for quote in cite.quotes:
                    yield from _quote(
                        texts, parameter.file, cite.place, cite.document, cite.clause, quote
                    )
            yield from _parameter_numbers(
                parameter.file, parameter.name, entry.cites, entry.values.values(), entry.place
            )
    yield from _rule_numbers(law.program.all_rules)


def source_texts(law: Law) -> Mapping[str, SourceText]:
    """Return the texts a law holds, by short name."""
    return {
        name: read_source(law.files[path])
        for name, path in source_paths(law.program).items()
        if path in law.files
    }


def _pins(law: Law) -> Iterator[Problem]:
    paths = source_paths(law.program)
    for folder, header in law.program.packs.items():
        file = _header_file(law, folder, header.name)
        for source in header.sources:
            content = law.files.get(paths[source.name])
            if content is None:
                yield _problem(file, source.place, "source", f"缺少原文文件 {paths[source.name]}")
                continue
            actual = hashlib.sha256(content).hexdigest()
            if source.digest is None:
                hint = f'请在 印发 日期之后写 "sha256:{actual}"'
                yield _problem(
                    file,
                    source.place,
                    "unpinned",
                    f"“{source.name}”的原文没有钉住",
                    hint,
                    "warning",
                )
            elif source.digest != actual:
                hint = f"文件的 sha256 是 {actual}"
                yield _problem(file, source.place, "pin", f"“{source.name}”的原文被改动过", hint)


def _header_file(law: Law, folder: str, name: str) -> str:
    """Return the file of a folder in which its pack header stands."""
    head = f"规则包 {name} ".encode()
    own = (path for path, content in law.files.items() if head in content)
    return next((path for path in own if path.startswith(f"{folder}/")), folder)


def _quote(
    texts: Mapping[str, SourceText], file: str, place: Place, document: str, clause: str, quote: str
) -> Iterator[Problem]:
    text = texts.get(document)
    if text is None:
        hint = did_you_mean(document, texts) or "没有原文的写 无原文，待法制核对"
        yield _problem(file, place, "source", f"没有法源“{document}”的原文", hint)
        return
    found = text.find(quote)
    if found is None:
        words = normalise(quote)
        yield _problem(
            file,
            place,
            "quote",
            f"{document} 里没有这句话：“{_short(quote)}”",
            _differs(text, words),
        )
    elif not text.cited(clause):
        yield _problem(
            file, place, "clause", f"{document} 没有{clause}", f"这句话在{text.around(found[0])}"
        )
    elif not text.holds(quote, clause):
        hint = f"这句话在{text.around(found[0])}"
        yield _problem(file, place, "clause", f"“{_short(quote)}”不在 {document} {clause}", hint)


def _differs(text: SourceText, words: str) -> str:
    """Say from which word on a quote leaves its text."""
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if words[:middle] in text.text else (low, middle - 1)
    if low < 4:
        return "请从原文复制"
    at = text.text.find(words[:low]) + low
    return f"到“…{words[max(0, low - 8) : low]}”为止相符，原文接“{text.text[at : at + 8]}”"


# ---------------------------------------------------------------- numbers
def _parameter_numbers(
    file: str, name: str, cites: Iterable[d.Cite], values: Iterable[object], place: Place
) -> Iterator[Problem]:
    quotes = [normalise(quote) for cite in cites for quote in cite.quotes]
    numbers = {number for quote in quotes for number in re.findall(r"\d+(?:\.\d+)?%?", quote)}
    for value in values:
        written, quoted = _written(value), "、".join(sorted(numbers))
        if numbers and written and not written & numbers:
            message = f"参数“{name}”的值 {min(written)} 与引文里的数字 {quoted} 不同"
            yield _problem(file, place, "number", message, "", "warning")


def _rule_numbers(rules: Iterable[Rule]) -> Iterator[Problem]:
    for rule in rules:
        quotes = "".join(normalise(x.quote) for x in rule.citations if x.quote)
        numbers = set(re.findall(r"\d+(?:\.\d+)?%?", quotes))
        body = rule.conclusion.body if rule.conclusion else None
        for node in c.walk(body):
            if not isinstance(node, c.Const) or node.type.kind not in {"ratio", "wdays"}:
                continue
            if numbers and not _written(node.value, node.type.kind) & numbers:
                shown = min(_written(node.value, node.type.kind))
                message = (
                    f"“{rule.name}”用的 {shown} 不在引文里（引文有 {'、'.join(sorted(numbers))}）"
                )
                yield _problem(rule.file, rule.place, "number", message, "", "warning")


def _written(value: object, kind: str = "") -> set[str]:
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return set()
    number = Fraction(value)
    if kind == "ratio":
        return {decimal(number * 100) + "%"}
    return {decimal(number), decimal(number * 100) + "%"}


# ---------------------------------------------------------------- rank
def rank_of(law: Law, document: str) -> int:
    """Return how high a source ranks; for a text not held, its name tells."""
    for header in law.program.packs.values():
        for source in header.sources:
            if source.name == document:
                named = [RANKS.index(word) for word in source.ranks if word in RANKS]
                return named[0] if named else 0
    endings = {"法": 3, "条例": 2, "办法": 1, "规定": 1}
    return next((rank for end, rank in endings.items() if document.endswith(end)), 0)


def level_of(law: Law, document: str) -> int:
    """Return 区 < 市 < 省 < 国家 for a declared source, 0 when it does not say."""
    for header in law.program.packs.values():
        for source in header.sources:
            if source.name == document:
                return next((LEVELS.index(w) for w in source.ranks if w in LEVELS), 0)
    return len(LEVELS) - 1 if rank_of(law, document) else 0


def standing(law: Law, rule: Rule) -> tuple[int, int]:
    """Return the rank and level of the highest source a rule rests on."""
    return max(
        ((rank_of(law, x.document), level_of(law, x.document)) for x in rule.citations),
        default=(0, 0),
    )


def _short(quote: str) -> str:
    words = normalise(quote)
    return words if len(words) <= 30 else words[:29] + "…"


def _problem(
    file: str, place: Place, code: str, message: str, hint: str = "", severity: str = "error"
) -> Problem:
    return Problem(
        file=file,
        line=place.line,
        column=place.column,
        code=code,
        message=message,
        hint=hint,
        severity="warning" if severity == "warning" else "error",
    )
