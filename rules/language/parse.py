"""From the text of a file to its blocks; every error of the file in one run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lark import Token

from rules.errors import PackProblems, Problem
from rules.language.build import build
from rules.language.build_expressions import BadText, day
from rules.language.declarations import Block
from rules.language.feed import accepted, feed, start_of
from rules.language.lexer import blocks, tokenize
from rules.language.markdown import Literate, literate
from rules.language.messages import DANGLING, NUMERALS, meant, run_start, unexpected, whole_run
from rules.language.readings import second_readings
from rules.language.segment import Vocabulary
from rules.language.syntax import Expr
from rules.language.vocabulary import vocabulary_of
from rules.language.words import CLAUSES

LONGEST_BLOCK: Final = 20_000  # tokens
LONGEST_CONDITION: Final = 20_000  # characters
ERRORS_PER_BLOCK: Final = 20


@dataclass(slots=True)
class ParsedFile:
    """A file's blocks, its comments for the formatter, and everything wrong with its syntax."""

    file: str
    text: Literate
    blocks: list[Block] = field(default_factory=list)
    comments: list[Token] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # names of blocks that did not parse
    spans: list[tuple[int, int]] = field(default_factory=list)  # first and last line per block
    partial: list[Block] = field(default_factory=list)  # what could be read of broken blocks


def parse_text(text: str, file: str, vocabulary: Vocabulary | None = None) -> ParsedFile:
    """Parse a whole file; the vocabulary of other files lets unspaced text be cut."""
    source = literate(text, file)
    known = (vocabulary or Vocabulary()) | vocabulary_of(source.rules)
    lexed = tokenize(source.rules, known, file)
    result = ParsedFile(file=file, text=source, comments=lexed.comments)
    result.problems.extend((*source.problems, *lexed.problems))
    result.problems.extend(second_readings(lexed, source.rules, known, file, "block"))
    if any(problem.code == "too-deep" for problem in lexed.problems):
        return result
    for tokens in blocks(lexed.tokens):
        block, problems = parse_block(tokens, source.rules, file)
        result.problems.extend(problems)
        if block is not None and not problems:
            result.blocks.append(block)
            last = tokens[-1]
            result.spans.append(((tokens[0].line or 1), (last.line or 1) + last.count("\n")))
            continue
        result.partial += [block] if block is not None else []
        if len(tokens) > 1:
            result.broken.add(str(tokens[1]))
    return result


def parse_condition(text: str, vocabulary: Vocabulary, file: str = "") -> Expr:
    """Parse the condition of a gateway; raises PackProblems."""
    if len(text) > LONGEST_CONDITION:
        message = f"条件超过 {LONGEST_CONDITION} 字"
        raise PackProblems([Problem(file=file, line=1, column=1, code="too-long", message=message)])
    lexed = tokenize(text, vocabulary, file)
    problems = [*lexed.problems, *second_readings(lexed, text, vocabulary, file, "condition")]
    if not problems:
        tree, failure = feed(lexed.tokens, "condition")
        if failure is None:
            try:
                expression: Expr = build(tree)
            except BadText as error:
                raise PackProblems([_bad_text(error, lexed.tokens[0], file)]) from error
            return expression
        index, accepts = failure
        problems.append(_problem(lexed.tokens, index, accepts, text, file))
    raise PackProblems(problems)


def parse_block(
    tokens: list[Token], text: str, file: str
) -> tuple[Block | None, tuple[Problem, ...]]:
    """Parse one block; after an error the faulty clause is left out and the rest read on.

    A block with problems is what remains of it: good for finding more of them, not for judging."""
    if len(tokens) > LONGEST_BLOCK:
        message = f"这一块超过 {LONGEST_BLOCK} 个词"
        return None, (_plain(tokens[0], file, "too-long", message, "请拆成几条规则"),)
    block, problems = _understood(tokens, text, file)
    told = {(problem.line, problem.column) for problem in problems}
    dates = [each for each in _no_days(tokens, file) if (each.line, each.column) not in told]
    return block, (*problems, *dates)


def _understood(
    tokens: list[Token], text: str, file: str
) -> tuple[Block | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    rest = tokens
    while len(problems) < ERRORS_PER_BLOCK:
        tree, failure = feed(rest, "block")
        if failure is None:
            return _built(tree, problems, tokens[0], file)
        index, accepts = failure
        problem = _problem(rest, index, accepts, text, file)
        if problems and (problem.line, problem.column) <= (problems[-1].line, problems[-1].column):
            break  # the same place again: a consequence, not another mistake
        problems.append(problem)
        if problem.code == "table":
            break
        shorter = _without_clause(rest, index)
        if shorter is None:
            break
        rest = shorter
    return None, tuple(problems)


def _built(
    tree: Any, problems: list[Problem], head: Token, file: str
) -> tuple[Block | None, tuple[Problem, ...]]:
    try:
        block: Block = build(tree)
    except BadText as error:
        problems.append(_bad_text(error, head, file))
        return None, tuple(problems)
    return block, tuple(problems)


def _no_days(tokens: list[Token], file: str) -> Iterator[Problem]:
    """Yield every date of a block that is no day, also where a clause around it cannot be read."""
    for token in tokens:
        if token.type == "DATE":
            try:
                day(token)
            except BadText as error:
                yield _bad_text(error, token, file)


def _bad_text(bad: BadText, head: Token, file: str) -> Problem:
    where = bad.token if isinstance(bad.token, Token) else head
    return _plain(where, file, bad.code, bad.message, bad.hint)


def _problem(
    tokens: list[Token], index: int, accepts: Collection[str], text: str, file: str
) -> Problem:
    if not tokens:
        return Problem(file=file, line=1, column=1, code="empty", message="这里没有任何条件")
    if index > 1 and (before := tokens[index - 1]).type in {"PREDICATE", "NAME"}:
        earlier = accepted(tokens[: index - 1], start_of(tokens))
        misspelt = before.type == "PREDICATE" and meant(str(before), earlier)
        if misspelt or ("NUMBER" in earlier and set(before) <= NUMERALS):
            index, accepts = index - 1, earlier
    start = run_start(text, tokens, index)
    if start < index:
        earlier = accepted(tokens[:start], start_of(tokens))
        if meant(whole_run(text, tokens[start]), earlier):
            index, accepts = start, earlier
    return unexpected(text=text, file=file, tokens=tokens, index=index, accepts=accepts)


def _without_clause(tokens: list[Token], index: int) -> list[Token] | None:
    """Leave out the clause that holds the error, or the rest of the head; None where neither is."""
    starts = [i for i in range(1, len(tokens)) if _opens_clause(tokens, i)]
    if starts and 1 < index < starts[0]:
        opened = [i for i in range(2, index) if tokens[i].type in CLAUSES]
        return tokens[: opened[-1] if opened else index] + tokens[starts[0] :]
    before = [i for i in starts if i < index] or ([index] if index in starts else [])
    if not before or index >= len(tokens):
        return None
    begin = before[-1]
    end = next((i for i in starts if i > begin), len(tokens))
    return tokens[:begin] + tokens[end:]


def _opens_clause(tokens: list[Token], index: int) -> bool:
    """A clause word, or a name that stands where one should (a misspelt clause word)."""
    token, previous = tokens[index], tokens[index - 1]
    if token.line == previous.line:
        return False
    return token.type in CLAUSES or (token.type == "NAME" and previous.type not in DANGLING)


def _plain(token: Token, file: str, code: str, message: str, hint: str) -> Problem:
    return Problem(
        file=file,
        line=token.line or 1,
        column=token.column or 1,
        code=code,
        message=message,
        hint=hint,
    )
