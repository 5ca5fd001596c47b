"""Bytes of a CSV or XLSX file to rows of cells, under limits; what cannot be read is a problem."""

from __future__ import annotations

from engine.registry.delimited import Known, delimited
from engine.registry.sheet import Limits, Sheet, UnreadableFile
from engine.registry.workbook import workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def sheets(content: bytes, *, limits: Limits, known: Known) -> list[Sheet]:
    """Return the visible sheets of a file; a CSV is one sheet without a name.

    `known` tells a heading from any other cell: it decides what separates the cells of a CSV."""
    if len(content) > limits.megabytes << 20:
        raise UnreadableFile(f"文件超过 {limits.megabytes} MB，请分批导入")
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise UnreadableFile("文件是空的")
    if content.startswith(_OLE):
        raise UnreadableFile("旧版 .xls 或加密的工作簿不能导入，请另存为 .xlsx 或 CSV（不设密码）")
    if content.startswith(_ZIP):
        return workbook(content, limits)
    return [delimited(content, limits, known)]
