"""What the machine can refuse us, in a sentence a person can act on; never a stack trace."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from engine.boot import NoDatabase
from engine.errors import ProductError


class FileTrouble(ProductError):
    code = "file-trouble"
    zh = "不能读写「{place}」：{reason}。请检查路径、权限和磁盘空间。"
    en = "Cannot read or write “{place}”: {told}. Check the path, its rights and the disk."


class DatabaseBusy(ProductError):
    code = "database-busy"
    zh = "数据库一直被另一个程序占用，这次没有写入任何内容；请稍后再试。"
    en = "Another program kept the database busy; nothing was written. Try again later."


class DatabaseReadOnly(ProductError):
    code = "database-read-only"
    zh = "数据库文件不能写入：请检查文件和文件夹的权限以及磁盘空间。这次没有写入任何内容。"
    en = "The database file cannot be written: check rights and disk space. Nothing was written."


class NotADatabase(ProductError):
    code = "not-a-database"
    zh = "数据库文件不是 SQLite 数据库，或者已经损坏；请从备份恢复（ssj restore）。"
    en = "The file is no SQLite database, or damaged; bring back a backup (ssj restore)."


class BadAddress(ProductError):
    code = "bad-address"
    zh = "SSJ_DATABASE_URL 写法不对；应为 sqlite:///路径 或 postgresql://用户@主机/库名。"
    en = "SSJ_DATABASE_URL is not sqlite:///path or postgresql://user@host/name."


REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "只读",
    errno.ENOSPC: "磁盘已满",
}
# what SQLite says, which has no code of its own for a program
SAID: Mapping[str, type[ProductError]] = {
    "database is locked": DatabaseBusy,
    "readonly database": DatabaseReadOnly,
    "unable to open": DatabaseReadOnly,
    "disk is full": DatabaseReadOnly,
    "disk I/O error": DatabaseReadOnly,
    "not a database": NotADatabase,
    "malformed": NotADatabase,
}


def of_machine(error: OSError) -> ProductError:
    told = error.strerror or str(error)
    reason = REASONS.get(error.errno or 0, told)
    return FileTrouble(place=error.filename or "—", reason=reason, told=told)


def of_sqlite(error: sqlite3.Error, place: Path) -> ProductError | None:
    """Name what SQLite says of a file that was opened past our store, as a backup opens one."""
    if "is full" in str(error):
        return of_machine(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place)))
    found = next((kind for words, kind in SAID.items() if words in str(error)), None)
    return None if found is None else found()


def of_database(error: Exception) -> ProductError | None:
    """Name what is wrong with the database; None for what only a programmer can mend."""
    if isinstance(error, ArgumentError | NoSuchModuleError):
        return BadAddress()
    if not isinstance(error, DBAPIError):
        return None
    found = next((kind for words, kind in SAID.items() if words in str(error.orig)), None)
    if found is not None:
        return found()
    return NoDatabase() if error.connection_invalidated or _never_connected(error) else None


def _never_connected(error: DBAPIError) -> bool:
    """Tell a server that was not reached: nothing was asked yet, so it named no state either."""
    without_state = getattr(error.orig, "sqlstate", "") is None
    return without_state and error.statement is None
