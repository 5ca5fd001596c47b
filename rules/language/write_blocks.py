"""Blocks as canonical lines, each with the line of the file it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.language import declarations as d
from rules.language import syntax as s
from rules.language.link_parts import bullets
from rules.language.write import NO_TEXT, pad, quoted, width, write, write_literal, write_value

Line = tuple[str, int]  # text, line it stood on


def write_block(block: d.Block) -> list[Line]:
    """Return the canonical lines of a block."""
    head = block.place.line
    match block:
        case d.Pack():
            return list(_pack(block))
        case d.Enum():
            return [(f"枚举 {block.name} ：{'、'.join(block.values)}", head)]
        case d.Unit():
            return [(f"单位 {'、'.join(block.names)}", head)]
        case d.NamedSet():
            return [(f"集合 {block.name} ：{'、'.join(block.values)}", head)]
        case d.Alias():
            return [(f"别名 {block.label} = {block.target}", head)]
        case d.Term():
            return [(_term(block), head)]
        case d.Parameter():
            return list(_parameter(block))
        case d.Rule():
            return list(_rule(block))
    return list(_table(block))


def _given(given: d.Given) -> str:
    return str(given) if isinstance(given, s.Path) else write_literal(given)


def _type(word: d.TypeWord) -> str:
    prefix = "集合 枚举 " if word.many else "枚举 " if word.enum else ""
    return prefix + word.name


def _pack(block: d.Pack) -> Iterator[Line]:
    head = block.place.line
    yield f"规则包 {block.name} 版本 {quoted(block.version)}", head
    if block.jurisdiction:
        yield f"  辖区 {block.jurisdiction}", head
    for name, version in block.bases:
        yield f"  依托 {name} 版本 {quoted(version)}", head
    for source in block.sources:
        number = f" 文号 {quoted(source.number)}" if source.number else ""
        ranks = "".join(f" {rank}" for rank in source.ranks)
        digest = f' "sha256:{source.digest}"' if source.digest else ""
        text = (
            f"  法源 {source.name} 《{source.title}》{number} 印发 {source.issued}{ranks}{digest}"
        )
        yield text, source.place.line
    yield "结束", head


def _term(block: d.Term) -> str:
    origin = f" 来源 {quoted(block.origin)}" if block.origin is not None else ""
    if block.query is None:
        default = ""
        if block.default is not None:
            default = f" 缺省 {_given(block.default.value)} 来源 {quoted(block.default.origin)}"
        return f"词 {block.path} ：{_type(block.type)}{origin}{default}"
    query = block.query
    visit = "含本次" if query.includes_this else "不含本次"
    where = f" 其中 {write(query.where)}" if query.where is not None else ""
    return (
        f"统计 {block.path} ：{_type(block.type)} 计 {query.counted} 期间 {query.period} "
        f"范围 {query.extent} {visit}{where}{origin}"
    )


def _parameter(block: d.Parameter) -> Iterator[Line]:
    keys = f" 按 {'、'.join(block.keys)}" if block.keys else ""
    yield f"参数 {block.name} ：{_type(block.type)}{keys}", block.place.line
    for entry in block.dated:
        line = entry.place.line
        known = f" 收录 于 {entry.known}" if entry.known else ""
        cites = "".join(f" {_cite(cite)}" for cite in entry.cites)
        if entry.columns:
            yield f"  自 {entry.start} 为", line
            header = [*map(str, entry.columns)], entry.column_name
            rows = [([*keys_of], _given(value)) for keys_of, value in entry.values]
            for text in _grid([header, *rows]):
                yield text, line
            if known or cites:
                yield f"  {f'{known}{cites}'.strip()}", line
        else:
            values = "、".join(" ".join((*k, _given(v))) for k, v in entry.values)
            yield f"  自 {entry.start} 为 {values}{known}{cites}", line
    yield "结束", block.place.line


def _cite(cite: d.Cite) -> str:
    quotes = "".join(f" 「{quote}」" for quote in cite.quotes) or f" {NO_TEXT}"
    clause = f" {cite.clause}" if cite.clause else ""
    return f"依据 {cite.document}{clause}{quotes}"


def _rule(block: d.Rule) -> Iterator[Line]:
    words = {
        "rule": "规则",
        "exception": "例外",
        "rewrite": "改写",
        "repeal": "废止",
        "borrow": "借鉴",
    }
    name = f"{block.pack}·{block.name}" if block.pack else block.name
    head = f"{words[block.kind]} {name}"
    if block.bases:
        head += f" 之于 {'、'.join(block.bases)}"
    if block.prior:
        head += f" 优先于 {'、'.join(block.prior)}"
    yield from _clauses(head, block.place.line, block.clauses)
    yield "结束", block.place.line


def _clauses(head: str, line: int, clauses: d.Clauses) -> Iterator[Line]:
    strength = f" 强度 {clauses.strength}" if clauses.strength else ""
    yield head + strength, line
    for cite in clauses.cites:
        yield f"  {_cite(cite)}", cite.place.line
    for reading in clauses.interpretations:
        signed = f"由 {quoted(reading.signer)} 于 {reading.signed_on}"
        yield f"  解释 {quoted(reading.text)} {signed}", reading.place.line
    yield from ((text, line) for text in _standing(clauses))
    if clauses.condition is not None:
        yield from _body("当", clauses.condition, clauses.condition_place.line)
    if clauses.conclusion is not None:
        yield from _conclusion(clauses.conclusion)
    if clauses.on_fail is not None:
        fail = clauses.on_fail
        message = f" {quoted(fail.message)}" if fail.message is not None else ""
        yield f"  违反时 {fail.action}{message}", fail.place.line
    for example in clauses.examples:
        yield f"  {_example(example)}", example.place.line


def _standing(clauses: d.Clauses) -> Iterator[str]:
    if clauses.valid:
        start, end = clauses.valid
        yield f"  有效 自 {start}" + (f" 至 {end}" if end else "")
    if clauses.known:
        yield f"  收录 于 {clauses.known}"
    if clauses.transition:
        yield f"  过渡 {clauses.transition}"
    if clauses.scope:
        yield f"  适用 {'、'.join(clauses.scope)}"
    for slot in clauses.reserved:
        yield f"  上位法保留 {quoted(slot)}"


def _conclusion(conclusion: d.Conclusion) -> Iterator[Line]:
    words = {"must": "应当", "mustnot": "不得", "may": "可以", "deem": "认定", "waive": "免除"}
    name = conclusion.name
    if conclusion.kind == "deem":
        name = write(s.Path(parts=tuple(name.split("的"))))
    word = ("改为 " if conclusion.instead else "") + words[conclusion.kind]
    line = conclusion.place.line
    if conclusion.body is not None:
        yield from _body(word, conclusion.body, line)
    else:
        yield f"  {word} {name}".rstrip(), line


def _body(word: str, expr: s.Expr, line: int) -> Iterator[Line]:
    """Write a condition; each bullet keeps the line it stood on, so comments stay beside it."""
    text = f"  {word} {write(expr)}".split("\n")
    origins = iter([bullet.place.line for bullet in bullets(expr)])
    current = line
    for part in text:
        if part.lstrip().startswith("- "):
            current = next(origins, current)
        yield part, current


def _example(example: d.Example) -> str:
    given = ""
    if example.given:
        given = " 设 " + "、".join(_assign(assign) for assign in example.given)
    on = f" 于 {example.on}" if example.on else ""
    detail = f" {example.detail}" if example.detail else ""
    return f"样例 {quoted(example.name)}{given}{on} 得 {example.verdict}{detail}"


def _assign(assign: d.Assign) -> str:
    values = "、".join(_given(value) for value in assign.values)
    return f"{assign.path} = {f'（{values}）' if assign.many else values}"


def _table(block: d.Table) -> Iterator[Line]:
    head = f"决策表 {block.name} 命中 {block.policy}"
    yield from _clauses(head, block.place.line, block.clauses)
    header = [*map(str, block.columns)], block.result_name
    rows = [
        ([_cell(cell) for cell in row.cells], f"{row.result} {row.detail}".rstrip())
        for row in block.rows
    ]
    lines = [block.place.line, *(row.place.line for row in block.rows)]
    yield from zip(_grid([header, *rows]), lines, strict=True)
    yield "结束", block.place.line


def _cell(cell: d.Cell) -> str:
    items = [write_value(item) for item in cell.items]
    match cell.kind:
        case "any":
            return "—"
        case "op":
            return f"{cell.word} {items[0]}"
        case "not":
            return f"不为 {items[0]}"
        case "between":
            return f"介于 {items[0]} 与 {items[1]}"
    return "、".join(items)


def _grid(rows: Iterable[tuple[list[str], str]]) -> list[str]:
    """Align the columns of a table."""
    table = list(rows)
    columns = [max(width(cells[i]) for cells, _ in table) for i in range(len(table[0][0]))]
    last = max(width(result) for _, result in table)
    return [
        "  | "
        + " | ".join(pad(cell, columns[i]) for i, cell in enumerate(cells))
        + f" || {pad(result, last)} |"
        for cells, result in table
    ]
