"""Bytes of a diagram to a tree, with every door shut that XML leaves open.

Only bytes enter: a declared encoding is then honoured, and refused when it is not on our list.
Source: OWASP ASVS 5.0, v5.0.0-1.5.1 and 1.5.3 (one parser for editor, publisher and engine).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.process.errors import BadDiagram
from engine.process.problems import Problem, problem

LIMIT = 2 * 1024 * 1024
ENCODINGS = frozenset(
    {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "GB18030", "GBK", "GB2312", "ASCII", "US-ASCII"}
)
_OPEN_TAG = re.compile(r"<(?![/?!])([^\s/>]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A diagram's tree with the text it came from, which knows the lines."""

    file: str
    root: Any
    lines: tuple[str, ...] = field(repr=False)
    _tags: dict[int, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def line(self, element: Any) -> int:
        """Return the line on which a start tag begins.

        lxml reports the line on which a start tag ENDS; bpmn-js writes one line per tag, other
        editors do not.
        """
        line = int(element.sourceline or 1)
        prefix = f"{element.prefix}:" if element.prefix else ""
        tag = prefix + etree.QName(element).localname
        for number in range(min(line, len(self.lines)), 0, -1):
            if tag in self._tags_on(number):
                return number
        return line

    def _tags_on(self, number: int) -> frozenset[str]:
        if number not in self._tags:
            self._tags[number] = frozenset(_OPEN_TAG.findall(self.lines[number - 1]))
        return self._tags[number]


def read(source: bytes, *, file: str = "") -> Source:
    """Parse a diagram; raises BadDiagram with the one problem that keeps it from being read."""
    if len(source) > LIMIT:
        size = f"{len(source):,} B"
        raise _refusal("too-large", file, label=file or "文件", limit=f"{LIMIT:,} B", found=size)
    root = _parse(source, file)
    info = root.getroottree().docinfo
    encoding = (info.encoding or "UTF-8").upper()
    if encoding not in ENCODINGS:
        raise _refusal("xml-encoding", file, encoding=encoding)
    if info.internalDTD is not None or info.doctype:
        raise _refusal("xml-doctype", file)
    for node in root.getroottree().xpath("//processing-instruction()"):
        raise _refusal("xml-instruction", file, line=node.sourceline or 1, name=node.target)
    text = source.decode(_python_name(source, encoding), errors="replace")
    return Source(file=file, root=root, lines=tuple(text.replace("\r\n", "\n").split("\n")))


def _parse(source: bytes, file: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_blank_text=False,
    )
    try:
        return etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        if "DTD" in source[:4096].decode("latin-1") or b"<!DOCTYPE" in source[:65536]:
            raise _refusal("xml-doctype", file, line=line or 1) from error
        raise _refusal("xml-syntax", file, line=line or 1, column=column) from error
    except (ValueError, LookupError, UnicodeError) as error:
        raise _refusal("xml-syntax", file, column=0) from error


def _python_name(source: bytes, encoding: str) -> str:
    if encoding == "UTF-8":
        return "utf-8-sig"
    marked = source[:2] in (b"\xff\xfe", b"\xfe\xff")
    return "utf-16" if encoding.startswith("UTF-16") and marked else encoding


def _refusal(code: str, file: str, *, line: int = 1, **facts: object) -> BadDiagram:
    found: Problem = problem(code, file=file, line=line, element="", **facts)
    return BadDiagram((found,))
