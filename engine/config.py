"""Where the product keeps its things: environment variables, then one optional `ssj.toml`."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

import rules
from engine.errors import ProductError

PACKS = Path(rules.__file__).parent / "packs"
WORKFLOWS = Path(rules.__file__).parent.parent / "workflows"

IN_FILE = frozenset(
    (
        *("var", "database_url", "packs", "workflows", "host", "port", "processes"),
        *("secure", "proxies"),
    ),
)
BACKENDS = ("sqlite", "postgresql")
YES_OR_NO = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_SEAL_KEY = re.compile(r"[0-9a-f]{64}")


class ConfigBroken(ProductError):
    code = "config-broken"
    zh = "配置「{name}」不可用：{reason}"
    en = "Setting “{name}” is unusable: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The effective settings; `var` is the one folder the program writes to."""

    var: Path
    database_url: str
    packs: Path
    workflows: Path
    host: str
    port: int
    processes: int
    secure: bool  # served over HTTPS: cookies travel no other way
    proxies: int  # how many stand in front and may say whose request it is

    @property
    def is_sqlite(self) -> bool:
        return make_url(self.database_url).get_backend_name() == "sqlite"

    def secret_key(self) -> str:
        """Return the key that signs cookies; made once and kept readable by its owner alone."""
        given = os.environ.get("SSJ_SECRET_KEY")
        if given:
            return given
        return _kept(self.var / "secret.key", lambda: secrets.token_urlsafe(48))

    def shown(self) -> dict[str, str]:
        """Return the effective values without any secret."""
        return {
            "SSJ_VAR": str(self.var),
            "SSJ_DATABASE_URL": make_url(self.database_url).render_as_string(hide_password=True),
            "SSJ_PACKS": str(self.packs),
            "SSJ_WORKFLOWS": str(self.workflows),
            "SSJ_HOST": self.host,
            "SSJ_PORT": str(self.port),
            "SSJ_PROCESSES": str(self.processes),
            "SSJ_SECURE": "1" if self.secure else "0",
            "SSJ_PROXIES": str(self.proxies),
        }


def seal_key(var: Path | None) -> bytes:
    """Return the key that secrets of a sealed draw are encrypted with, 32 bytes.

    From SSJ_SEAL_KEY (64 hex digits), else from `seal.key` beside the other files; whoever loses
    it can open no sealed draw, so it is backed up apart from the database."""
    given = os.environ.get("SSJ_SEAL_KEY")
    if given:
        told = given
    elif var is not None:
        told = _kept(var / "seal.key", lambda: secrets.token_hex(32))
    else:
        raise ConfigBroken(name="SSJ_VAR", reason="没有存放密钥的文件夹，不能封存密值")
    return _seal(told)


def _seal(told: str) -> bytes:
    if not _SEAL_KEY.fullmatch(told):
        raise ConfigBroken(name="SSJ_SEAL_KEY", reason="须为 64 位十六进制")
    return bytes.fromhex(told)


def _kept(place: Path, made: Callable[[], str]) -> str:
    """Return a key that is made once and kept readable by its owner alone."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(made())
    return place.read_text().strip()


def read(environment: Mapping[str, str] | None = None) -> Config:
    """Return the settings; an environment variable wins over `ssj.toml`, that over the default."""
    found = os.environ if environment is None else environment
    written = _written(found)

    def setting(name: str, default: str) -> str:
        # an empty variable is one that is not set: an empty host would serve the whole network
        return found.get(f"SSJ_{name}") or str(written.get(name.lower(), default))

    var = Path(setting("VAR", "var")).absolute()
    settings = Config(
        var=var,
        database_url=_database(setting("DATABASE_URL", f"sqlite:///{var / 'ssj.db'}")),
        packs=_folder("PACKS", setting("PACKS", str(PACKS))),
        workflows=_folder("WORKFLOWS", setting("WORKFLOWS", str(WORKFLOWS))),
        host=setting("HOST", "127.0.0.1"),
        port=_number("PORT", setting("PORT", "8000"), least=1, most=65535),
        processes=_number("PROCESSES", setting("PROCESSES", "1"), least=1),
        secure=_yes_or_no("SECURE", setting("SECURE", "0")),
        proxies=_number("PROXIES", setting("PROXIES", "0"), most=10),
    )
    if found.get("SSJ_SEAL_KEY"):
        _seal(found["SSJ_SEAL_KEY"])  # said at the start, not on the day of a sealed draw
    if settings.is_sqlite and settings.processes > 1:
        reason = f"SQLite 只由一个进程服务，不能是 {settings.processes}；多个进程请用 PostgreSQL"
        raise ConfigBroken(name="SSJ_PROCESSES", reason=reason)
    return settings


def _written(environment: Mapping[str, str]) -> dict[str, object]:
    """Return what the settings file says; one that was asked for by name must be there."""
    named = environment.get("SSJ_CONFIG")
    place = Path(named or "ssj.toml")
    if not place.is_file():
        if named:
            raise ConfigBroken(name="SSJ_CONFIG", reason=f"没有文件「{named}」")
        return {}
    try:
        found = tomllib.loads(place.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reason = f"不是有效的 TOML（{error}）"
        raise ConfigBroken(name=place.name, reason=reason) from error
    unknown = sorted(set(found) - IN_FILE)
    if unknown:
        told = f"没有这项设置；可写：{'、'.join(sorted(IN_FILE))}"
        raise ConfigBroken(name=unknown[0], reason=told)
    return found


def _folder(name: str, written: str) -> Path:
    if not Path(written).is_dir():
        raise ConfigBroken(name=f"SSJ_{name}", reason=f"没有文件夹「{written}」")
    return Path(written)


def _database(written: str) -> str:
    """Return the address of a database we can serve; a file of SQLite, or PostgreSQL."""
    reason = "应为 sqlite:///文件 或 postgresql://用户@主机/库"
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as error:
        raise ConfigBroken(name="SSJ_DATABASE_URL", reason=f"不是数据库地址；{reason}") from error
    driver = url.drivername.partition("+")[2]
    if url.get_backend_name() not in BACKENDS or driver not in ("", "psycopg", "pysqlite"):
        raise ConfigBroken(name="SSJ_DATABASE_URL", reason=f"不支持「{url.drivername}」；{reason}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise ConfigBroken(name="SSJ_DATABASE_URL", reason=f"没有写明文件；{reason}")
    return written


def _yes_or_no(name: str, written: str) -> bool:
    try:
        return YES_OR_NO[written.lower()]
    except KeyError:
        told = f"「{written}」应为 1（是）或 0（否）"
        raise ConfigBroken(name=f"SSJ_{name}", reason=told) from None


def _number(name: str, written: str, *, least: int = 0, most: int = 999_999) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", written):
        raise ConfigBroken(name=f"SSJ_{name}", reason=f"「{written}」不是整数")
    if int(written) < least:
        raise ConfigBroken(name=f"SSJ_{name}", reason=f"不能小于 {least}")
    if int(written) > most:
        raise ConfigBroken(name=f"SSJ_{name}", reason=f"不能大于 {most}")
    return int(written)
