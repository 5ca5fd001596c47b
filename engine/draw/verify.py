#!/usr/bin/env python3
"""Check a draw from its published evidence, with nothing but Python's standard library.

    python3 verify.py evidence.json [--published M] [--json]        (Python 3.11 or later)

This file stands alone: copy it anywhere and put the list files beside evidence.json. It shares no
code with the program that drew, and it is the specification of the draw. Exit code: 0 everything
fits, 1 something does not (each problem is named), 2 the files cannot be read, 3 what is there
fits, but a file is held back or missing, so that a main check was not done (it is named).

本程序只用 Python 标准库，不依赖抽取程序，可单独拷出使用：核对清单、随机值、签号、名单与配对。
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

KINDS = ("ssyg/evidence/v1", "ssyg/receipt/v1")
LONG = 32
LEAST_OUTCOMES = 2**90
SEALED_PARTIES = 3
FEW = 1000
MOST_BLOCKS = 1024
DEEPEST = 32  # evidence is six levels deep
CHANGES, REPLACED = "changes.json", "replaced.json"
GAMES = {"ssq": ((6, 33), (1, 16)), "dlt": ((5, 35), (2, 12))}
MALFORMED = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError)


class Problem(NamedTuple):
    """Where it is wrong, and what: a field path, a byte, or lines of a list file."""

    where: str
    zh: str
    en: str


class Unreadable(Exception):
    """The files cannot be read at all: exit code 2."""


class TooFewInspectors(ValueError):
    """The pool cannot fill the teams that the manifest asks for."""


class Report:
    """What was checked, what was found, what could not be checked."""

    def __init__(self) -> None:
        self.checks: list[tuple[str, str]] = []
        self.problems: list[Problem] = []
        self.notes: list[tuple[str, str]] = []
        self.unchecked: list[tuple[str, str]] = []
        self.stopped = False
        self.is_receipt = False

    def check(self, zh: str, en: str) -> None:
        self.checks.append((zh, en))

    def problem(self, where: str, zh: str, en: str) -> None:
        self.problems.append(Problem(where, zh, en))

    def note(self, zh: str, en: str) -> None:
        self.notes.append((zh, en))

    def omit(self, zh: str, en: str) -> None:
        """Say what a full check has and this one has not: then not everything fits."""
        self.unchecked.append((zh, en))

    def stop(self) -> None:
        """Go no further: nothing is computed from what is known to be altered."""
        if not self.stopped:
            self.omit("发现上述不符后，没有继续重算", "nothing was recomputed after what was found")
        self.stopped = True

    def expect(self, where: str, found: Any, right: Any, zh: str, en: str) -> bool:
        """Compare a recorded value with the recomputed one."""
        if found == right and type(found) is type(right):
            return True
        self.problem(
            where,
            f"{zh}：记录为 {_short(found)}，重算为 {_short(right)}",
            f"{en}: recorded {_short(found)}, recomputed {_short(right)}",
        )
        return False


# ------------------------------------------------------------------ the arithmetic of the draw


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value: Any) -> bytes:
    """The bytes that are hashed: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def ticket(alg: str, key: str, *parts: str) -> str:
    """ticket = HASH( hex(key) ":" id ); other uses put a purpose between the colons."""
    return hashlib.new(alg, ":".join((key, *parts)).encode()).hexdigest()


def draw_key(manifest: Any, reveals: Any, beacon: Any, campaign: Any) -> str:
    """key = HASH("ssyg/key/v1|" M "|" reveals… "|" values…); a campaign's M stands for all."""
    base = hashlib.sha256(canonical(manifest)).hexdigest()
    if manifest["campaign"] is not None:
        joint = {"v": 1, "campaign": manifest["campaign"], "manifests": sorted(campaign)}
        base = hashlib.sha256(canonical(joint)).hexdigest()
    by_party = {entry["party"]: entry["value"] for entry in reveals}
    promised = [c["party"] for c in manifest["reveal_commits"]]
    values = [by_party[party] for party in promised if party in by_party]
    text = "|".join(["ssyg/key/v1", base, *values, *beacon["values"]])
    return hashlib.new(manifest["alg"], text.encode()).hexdigest()


class Merkle:
    """RFC 6962, leaf by leaf: leaf SHA256(00 ‖ row), node SHA256(01 ‖ left ‖ right)."""

    def __init__(self) -> None:
        self.size = 0
        self._tops: list[tuple[int, bytes]] = []

    def add(self, row: bytes) -> None:
        size, node = 1, hashlib.sha256(b"\x00" + row).digest()
        while self._tops and self._tops[-1][0] == size:
            node = hashlib.sha256(b"\x01" + self._tops.pop()[1] + node).digest()
            size *= 2
        self._tops.append((size, node))
        self.size += 1

    def root(self) -> str:
        node: bytes | None = None
        for _, left in reversed(self._tops):
            node = left if node is None else hashlib.sha256(b"\x01" + left + node).digest()
        return (hashlib.sha256(b"").digest() if node is None else node).hex()


class Lines:
    """The lines of a list file, read anew each time, so that a million rows need no memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            yield from file

    def rows(self) -> Iterator[list[str]]:
        """Each row as [id, stratum, flags, codes]."""
        for line in self:
            unit, stratum, flags, codes = line.decode().rstrip("\n").split("|")
            yield [unit, stratum, flags, codes]


def root_from_path(row: str, index: int, size: int, path: list[str]) -> str | None:
    """The root that an inclusion path leads to (RFC 9162 §2.1.3.2); None if the path is wrong."""
    if not 0 <= index < size:
        return None
    node, last = hashlib.sha256(b"\x00" + row.encode()).digest(), size - 1
    for step in path:
        sibling = bytes.fromhex(step)
        if last == 0:
            return None
        if index & 1 or index == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return node.hex() if last == 0 else None


def places(manifest: Any) -> tuple[list[int], list[int], bool]:
    """Places and taken-back places per stratum, and whether the base is small (A-8, A-36)."""
    strata = manifest["strata"]
    ratios = [Fraction(*entry["ratio"]) for entry in strata]
    wanted = [
        -(-e["N"] * r.numerator // r.denominator) for e, r in zip(strata, ratios, strict=True)
    ]
    taken = [0] * len(strata)
    bounds = manifest["bounds"]
    if bounds is None or manifest["method"] != "draw":
        return wanted, taken, False
    listed = sum(entry["N"] for entry in strata)
    low = Fraction(*bounds["low"])
    least = max(-(-listed * low.numerator // low.denominator), 1 if listed else 0)
    if bounds["high"] is None:
        return wanted, taken, False
    high = Fraction(*bounds["high"])
    most = listed * high.numerator // high.denominator
    small, most = most < least, max(most, least)
    while sum(wanted) > most:
        able = [i for i, entry in enumerate(strata) if wanted[i] > entry["floor"]]
        if not able:
            return wanted, taken, True
        one = max(able, key=lambda i: (wanted[i] - strata[i]["N"] * ratios[i], -i))
        wanted[one], taken[one] = wanted[one] - 1, taken[one] + 1
    return wanted, taken, small


def canonical_value(this: Any, text: str) -> bool:
    """Is `text` the canonical text of a result of the round `this`?"""
    name, _, result = text.partition("=")
    source = this["source"]
    if source == "demo":
        return text == f"demo:{this['name']}=" + sha256(f"demo|{this['name']}")
    if source == "dice":
        thrown = re.fullmatch("[1-6]*", result) and len(result) == this["count"]
        return bool(thrown) and name == f"dice:{this['name']}" and this["faces"] == 6
    if source == "balls":
        drawn = result.split(",")
        fits = all(re.fullmatch(r"\d\d", n) and 1 <= int(n) <= this["faces"] for n in drawn)
        return fits and len(drawn) == this["count"] and name == f"balls:{this['name']}"
    sets = result.split("+")
    game = GAMES[name.partition(":")[0]]
    return len(sets) == 2 and all(_lottery_set(s, form) for s, form in zip(sets, game, strict=True))


def _lottery_set(text: str, form: tuple[int, int]) -> bool:
    numbers = text.split(",")
    ascending = numbers == sorted(set(numbers)) and len(numbers) == form[0]
    return ascending and all(re.fullmatch(r"\d\d", n) and 1 <= int(n) <= form[1] for n in numbers)


def outcomes(this: Any) -> int:
    """How many values a round can take; of many throws only so many as are enough."""
    if this["source"] != "lottery":
        faces: int = this["faces"]
        return int(faces ** min(this["count"], LEAST_OUTCOMES.bit_length()))
    product = 1
    for draw in set(this["draws"]):  # one draw is one value, however often it is named
        for count, top in GAMES[draw.partition(":")[0]]:
            for step in range(count):
                product = product * (top - step)
            for step in range(count):
                product = product // (step + 1)
    return product


def winners(manifest: Any, key: str | None, rows: Iterable[tuple[str, str]]) -> list[str]:
    """The k smallest tickets per stratum; in a complete inspection everyone, in id order."""
    alg, drawn = manifest["alg"], manifest["method"] != "census" and key is not None
    pooled = {member: entry["s"] for entry in manifest["strata"] for member in entry["members"]}
    size = {entry["s"]: entry["k"] for entry in manifest["strata"]}
    kept: dict[str, list[tuple[str, bytes]]] = {name: [] for name in size}
    for unit, stratum in rows:
        name = pooled[stratum]
        kept[name].append((ticket(alg, str(key), unit) if drawn else "", unit.encode()))
        if drawn and len(kept[name]) > 2 * size[name] + 4096:
            kept[name] = sorted(kept[name])[: size[name]]
    found: list[str] = []
    for name in sorted(kept, key=str.encode):
        best = sorted(kept[name])[: size[name]] if drawn else sorted(kept[name])
        found += [f"{name}|{number}|{unit.decode()}" for number, unit in best]
    return found


def chosen(alg: str, key: str, choice: Any, unit: str) -> list[str]:
    """The options drawn for a unit: time, content, method or area."""
    name = choice["dimension"]
    ranked = sorted(
        choice["options"], key=lambda o: (ticket(alg, key, "option", name, unit, o), o.encode())
    )
    return ranked[: choice["count"]]


def lines_digest(lines: Iterable[str]) -> str:
    return sha256("".join(line + "\n" for line in lines))


# ------------------------------------------------------------------ pairing (algorithm A)


def draw_teams(manifest: Any, key: str, pool: list[list[str]]) -> list[dict[str, Any]]:
    """Team g holds the g-th of each slot by SHA256(key:team:department:id)."""
    alg, slots = manifest["alg"], manifest["assignment"]["slots"]
    count = manifest["assignment"]["teams"]
    taken: set[str] = set()
    columns = []
    for slot in slots:
        able = []
        for person, department, flags, codes in pool:
            words = flags.split(";")
            fits = not codes and department == slot["department"] and person not in taken
            fits = fits and ("leader" in words or not slot["leader"])
            if fits and ("certified" in words or not slot["certified"]):
                rank = ticket(alg, key, "team", department, person), person.encode()
                able.append((rank, person, words))
        column = sorted(able)[:count]
        taken.update(person for _, person, _ in column)
        columns.append([(person, words) for _, person, words in column])
    if any(len(column) < count for column in columns):
        raise TooFewInspectors(f"{count} teams")
    return [_team(number, slots, [c[number] for c in columns]) for number in range(count)]


def _team(number: int, slots: Any, people: list[tuple[str, list[str]]]) -> dict[str, Any]:
    items, load = set(), 0
    for _, words in people:
        load += sum(int(w[5:]) for w in words if w.startswith("load="))
        if "certified" in words:
            items |= {w[5:] for w in words if w.startswith("item=")}
    leaders = [person for (person, _), slot in zip(people, slots, strict=True) if slot["leader"]]
    return {
        "team": f"T{number:04d}",
        "leader": leaders[0] if leaders else None,
        "members": [person for person, _ in people],
        "items": sorted(items),
        "load": load,
    }


def quotas(alg: str, key: str, count: int, teams: list[dict[str, Any]]) -> list[int]:
    """Places one by one to the least loaded team, ties by SHA256(key:quota:team)."""
    tickets = [ticket(alg, key, "quota", team["team"]) for team in teams]
    given = [0] * len(teams)
    least = [(team["load"], tickets[t], t) for t, team in enumerate(teams)]
    heapq.heapify(least)
    for _ in range(count):
        load, number, best = least[0]
        given[best] += 1
        heapq.heapreplace(least, (load + 1, number, best))
    return given


def pair(
    alg: str, key: str, feasible: dict[str, list[int]], names: list[str], room: list[int]
) -> tuple[dict[str, int], tuple[str, list[int]] | None]:
    """Algorithm A: probes, ranking, breadth-first repair; or (stuck unit, saturated teams)."""
    left = list(room)
    team_of: dict[str, int] = {}
    allowed = {unit: set(teams) for unit, teams in feasible.items()}
    members: list[set[str]] = [set() for _ in names]
    for unit in sorted(feasible, key=lambda u: (ticket(alg, key, "order", u), u.encode())):
        probed = (t for t in _probes(alg, key, unit, len(names)) if t in allowed[unit] and left[t])
        team = next(probed, None)
        if team is None:
            ranking = sorted(
                feasible[unit], key=lambda t: (ticket(alg, key, "pair", unit, names[t]), t)
            )
            team = next((t for t in ranking if left[t]), None)
        if team is not None:
            team_of[unit] = team
            members[team].add(unit)
            left[team] -= 1
            continue
        end, came = _search(ranking, unit, members, feasible, left)
        if end is None:
            return team_of, (unit, sorted(came))
        left[end] -= 1
        place: int | None = end
        while place is not None:
            before, moved = came[place]
            if before is not None:
                members[before].discard(moved)
            members[place].add(moved)
            team_of[moved] = place
            place = before
    return team_of, None


def _probes(alg: str, key: str, unit: str, count: int) -> Iterator[int]:
    for block in range(4):
        words = bytes.fromhex(ticket(alg, key, "probe", unit, str(block)))
        for at in range(0, 32, 4):
            value = int.from_bytes(words[at : at + 4], "big")
            if value < 2**32 // count * count:
                yield value % count


def _search(
    ranking: list[int],
    unit: str,
    members: list[set[str]],
    feasible: dict[str, list[int]],
    left: list[int],
) -> tuple[int | None, dict[int, tuple[int | None, str]]]:
    came: dict[int, tuple[int | None, str]] = dict.fromkeys(ranking, (None, unit))
    queue = list(ranking)
    for team in queue:  # grows while it is read
        for other in sorted(members[team], key=str.encode):
            for reached in feasible[other]:
                if reached not in came:
                    came[reached] = (team, other)
                    queue.append(reached)
                    if left[reached]:
                        return reached, came
    return None, came


# ------------------------------------------------------------------ reading the files


def read_document(content: bytes, report: Report) -> dict[str, Any] | None:
    """Parse evidence; its bytes must be the one canonical form, so nothing hides in spaces."""
    try:
        document = parse(content, "evidence.json")
    except UnicodeDecodeError as error:
        where = f"byte {error.start}"
        report.problem(where, "不是 UTF-8 文字", "not UTF-8 text")
        return None
    except json.JSONDecodeError as error:
        offset = len(content.decode()[: error.pos].encode())
        where = f"byte {offset} (line {error.lineno})"
        report.problem(where, "不是合法的 JSON", f"not JSON: {error.msg}")
        return None
    except ValueError as error:
        report.problem("number", f"不允许的数字 {error}", f"number not allowed: {error}")
        return None
    try:
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        right = text.encode()
    except UnicodeEncodeError:
        report.problem("text", "含有不成对的代理字符", "a lone surrogate")
        return None
    if right != content:
        pairs = zip(content + b"\0", right + b"\0", strict=False)
        offset = next(
            (i for i, (a, b) in enumerate(pairs) if a != b), min(len(content), len(right))
        )
        line = content[:offset].count(b"\n") + 1
        report.problem(
            f"byte {offset} (line {line})",
            "字节不是规范写法（键排序、缩进一格、末尾换行）",
            "the bytes are not in canonical form (sorted keys, indent 1, final newline)",
        )
    return document if isinstance(document, dict) else None


def parse(content: bytes, name: str) -> Any:
    """Read JSON; what is nested deeper than any evidence cannot be read (and exhausts Python)."""
    try:
        read = json.loads(content.decode(), parse_float=_no_float, parse_constant=_no_float)
    except RecursionError:
        raise _too_deep(name) from None
    level, depth = [read], 0
    while level := [part for value in level for part in _parts(value)]:
        depth += 1
        if depth > DEEPEST:
            raise _too_deep(name)
    return read


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep(name: str) -> Unreadable:
    return Unreadable(
        f"{name} 的内容嵌套超过 {DEEPEST} 层，不是抽取证据，请重新下载"
        f" / {name} is nested deeper than {DEEPEST} levels: not evidence, download it again"
    )


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of the document with its path; a list longer than LONG counts as one value."""
    if isinstance(value, dict) and value:
        for name in sorted(value):
            step = name.replace("~", "~0").replace("/", "~1")
            yield from leaves(value[name], f"{path}/{step}")
    elif isinstance(value, list) and value and len(value) <= LONG:
        for index, entry in enumerate(value):
            yield from leaves(entry, f"{path}/{index}")
    else:
        yield path, value


def list_file(path: Path) -> Lines:
    if not path.is_file():
        raise Unreadable(
            f"读不到名单文件 {path.name}，请放在 evidence.json 旁边"
            f" / list file {path.name} is not beside evidence.json"
        )
    return Lines(path)


# ------------------------------------------------------------------ the fields of a document


class Form(NamedTuple):
    """What one value must be, and its name in both languages."""

    fits: Callable[[Any], bool]
    zh: str
    en: str


class Nullable(NamedTuple):
    """The form, or null."""

    form: Any


class IfThere(NamedTuple):
    """A field that may be missing."""

    form: Any


class Few(NamedTuple):
    """A list that stays short, so that what is done with each pair of its entries stays so too."""

    form: Any


class Each(NamedTuple):
    """Any names, and the form of each of their values."""

    form: Any


def _count(least: int = 0, most: int = 10**9) -> Form:
    def fits(value: Any) -> bool:
        return type(value) is int and least <= value <= most

    return Form(fits, f"{least}–{most} 的整数", f"a whole number of {least}–{most}")


def _one_of(*known: Any) -> Form:
    def fits(value: Any) -> bool:
        return any(value == one and type(value) is type(one) for one in known)

    shown = " / ".join(map(str, known))
    return Form(fits, shown, shown)


def _text(pattern: str, zh: str, en: str) -> Form:
    whole = re.compile(pattern)
    return Form(lambda v: isinstance(v, str) and whole.fullmatch(v) is not None, zh, en)


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and _moment(value).tzinfo is not None
    except ValueError:
        return False


def _is_share(value: Any) -> bool:
    if not isinstance(value, list) or [type(n) for n in value] != [int, int]:
        return False
    return bool(0 <= value[0] <= value[1] < 2**53 and value[1])


TEXT = _text(r"(?s).*", "文字", "text")
PARTY = _text(r"[^:|\\\s]+", "不含冒号、竖线、空白的名称", "a name without colon, bar or space")
HEX = _text("[0-9a-f]{64}", "64 位小写十六进制", "64 lower-case hex digits")
COUNT, FLAG = _count(), _one_of(False, True)
MOMENT = Form(_is_moment, "带时区的时间", "an instant with its zone")
SHARE = Form(_is_share, "不超过 1 的分数 [分子, 分母]", "a fraction [n, d] of at most 1")
ROUND = {
    "source": _one_of("dice", "balls", "lottery", "demo"),
    "name": TEXT,
    "count": _count(0, 10**4),
    "faces": _count(0, 10**4),
    "draws": Few(_text("(ssq|dlt):[0-9]{7}", "彩票期号", "a lottery draw")),
    "at": MOMENT,
    "by": MOMENT,
}
STRATUM = {
    **dict.fromkeys(("N", "eligible", "k", "shortfall", "floor", "taken_back"), COUNT),
    "s": TEXT,
    "members": [TEXT],
    "ratio": Nullable(SHARE),
}
POOL = {
    **dict.fromkeys(("file", "list_root", "elig_root", "excl_hash"), HEX),
    "v": _one_of(1),
    "rows": COUNT,
    "eligible": COUNT,
    "strata": [{"s": TEXT, "N": COUNT, "eligible": COUNT}],
    "codes": Each(COUNT),
}
ASSIGNMENT = {
    "pool": POOL,
    "slots": Few({"department": TEXT, "leader": FLAG, "certified": FLAG}),
    "teams": _count(1),
    "items": [TEXT],
    "recusals": TEXT,
}
REPLACES = {"manifest": HEX, "lost": [{"unit": TEXT, "stratum": TEXT, "reason": TEXT}]}
MANIFEST = {
    **dict.fromkeys(("frame", "list_root", "elig_root", "excl_hash"), HEX),
    **dict.fromkeys(("task", "initiator", "rules_version", "counter_snapshot"), TEXT),
    "v": _one_of(1),
    "alg": _one_of("sha256", "sm3"),
    "seq": _count(1),
    "unit": _one_of("subject", "carrier", "inspector"),
    "method": _one_of("draw", "census", "replacement"),
    "mode": _one_of("open", "sealed"),
    "bounds": Nullable({"low": SHARE, "high": Nullable(SHARE)}),
    "policy": _one_of("draw-one", "pool", "task"),
    "small_base": FLAG,
    "strata": Few(STRATUM),
    "beacon_rule": Few(ROUND),
    "reveal_commits": Few({"party": PARTY, "commit": HEX}),
    "reveal_by": Nullable(MOMENT),
    "cutoff": MOMENT,
    "campaign": Nullable(TEXT),
    "assignment": Nullable(ASSIGNMENT),
    "options": Few({"dimension": TEXT, "options": [TEXT], "count": COUNT}),
    "supersedes": Nullable(HEX),
    "replaces": Nullable(REPLACES),
}
ENTRY = {"values": [TEXT], "entered_by": [TEXT], "recorded_at": MOMENT}
BEACON = ENTRY | {"round": COUNT, "published": TEXT, "stalled": Few(TEXT), "earlier": [ENTRY]}
RESULT = {
    "v": _one_of(1),
    "manifest": HEX,
    "key": Nullable(HEX),
    "dropped": [TEXT],
    "strata": [{"s": TEXT, "k": COUNT, "threshold": Nullable(HEX)}],
    "winners": [TEXT],
    "digest": HEX,
    "options": Each([TEXT]),
}
TEAM = {
    "team": TEXT,
    "leader": Nullable(TEXT),
    "members": [TEXT],
    "items": [TEXT],
    "load": COUNT,
}
WITNESS = {"stuck": TEXT, "teams": [TEXT], "units": [TEXT], "places": COUNT}
MATCHING = {
    "v": _one_of(1),
    "manifest": HEX,
    "teams": [TEAM],
    "visits": Each({"items": [TEXT], "barred": [TEXT]}),
    "quotas": [COUNT],
    "infeasible": Nullable(WITNESS),
    "pairs": [TEXT],
    "digest": HEX,
}


def _file(name: str, confidential: Form = FLAG) -> dict[str, Any]:
    return {
        "name": _one_of(name),
        "sha256": HEX,
        "rows": COUNT,
        "lines_per_block": _count(1),
        "blocks": [HEX],
        "confidential": confidential,
    }


COMMON = {
    "demo": FLAG,
    "note": {"zh": TEXT, "en": TEXT},
    "manifest": MANIFEST,
    "manifest_hash": HEX,
    "campaign": [HEX],
    "reveals": Few({"party": PARTY, "salt": HEX, "value": HEX}),
    "beacon": Nullable(BEACON),
    "digests": Each(HEX),
}
PLACE = {"index": COUNT, "size": COUNT, "path": [HEX]}
FORMS = {
    KINDS[0]: COMMON
    | {
        "kind": TEXT,
        "result": RESULT,
        "matching": Nullable(MATCHING),
        "files": {
            "list": _file("list.txt"),
            "pool": IfThere(_file("pool.txt")),
            "changes": IfThere(_file(CHANGES)),
            "replaced": IfThere(_file(REPLACED, _one_of(False))),
        },
    },
    KINDS[1]: COMMON
    | {
        "kind": TEXT,
        "unit": TEXT,
        "proof": {"row": TEXT, "codes": [TEXT], "listed": PLACE, "eligible": Nullable(PLACE)},
        "key": HEX,
        "ticket": HEX,
        "threshold": Nullable(HEX),
        "drawn": FLAG,
    },
}


def misfits(value: Any, form: Any, where: str = "") -> Iterator[Problem]:
    """Every field that is not of the format, is missing, or is not what it must be."""
    if isinstance(form, Nullable | IfThere):
        if value is not None or isinstance(form, IfThere):
            yield from misfits(value, form.form, where)
    elif isinstance(form, Form):
        if not form.fits(value):
            shown = _short(value)
            yield Problem(where, f"应为{form.zh}，现为 {shown}", f"must be {form.en}: {shown}")
    elif isinstance(form, Few) and isinstance(value, list) and len(value) > FEW:
        yield Problem(where, f"最多 {FEW} 项，现有 {len(value)} 项", f"more than {FEW} entries")
    elif isinstance(form, Few | list):
        if not isinstance(value, list):
            yield Problem(where, "应为列表", "must be a list")
            return
        for index, entry in enumerate(value):
            yield from misfits(entry, form[0], f"{where}/{index}")
    elif not isinstance(value, dict):
        yield Problem(where, "应为一组字段", "must be an object")
    else:
        yield from _misfit_fields(value, form, where)


def _misfit_fields(value: dict[str, Any], form: Any, where: str) -> Iterator[Problem]:
    known = dict.fromkeys(value, form.form) if isinstance(form, Each) else form
    for name in sorted(set(value) | set(known)):
        place = f"{where}/{name.replace('~', '~0').replace('/', '~1')}"
        if name not in known:
            yield Problem(place, "格式中没有的字段", "a field that the format does not have")
        elif name in value:
            yield from misfits(value[name], known[name], place)
        elif not isinstance(known[name], IfThere):
            yield Problem(place, "缺少的字段", "a field is missing")


# ------------------------------------------------------------------ the checks


def check_fields(document: dict[str, Any], report: Report) -> None:
    """Exactly the known fields, each of its form: so no number is computed with before."""
    form = FORMS.get(document["kind"])
    if form is None:
        report.problem("/kind", "不认识的种类", "unknown kind")
    else:
        report.problems += misfits(document, form)


def check_digests(document: dict[str, Any], report: Report) -> None:
    """Every value fits its own digest: an altered byte is named by its field."""
    recorded = document.get("digests")
    if not isinstance(recorded, dict):
        report.problem("/digests", "缺少逐项摘要", "the digests are missing")
        return
    found = dict(leaves({k: v for k, v in document.items() if k != "digests"}))
    for where in sorted(set(found) | set(recorded)):
        if where not in recorded:
            report.problem(where, "多出的字段", "a field that was not there")
        elif where not in found:
            report.problem(where, "缺少的字段", "a field is missing")
        elif hashlib.sha256(canonical(found[where])).hexdigest() != recorded[where]:
            value = _short(found[where])
            report.problem(
                where, f"内容或其摘要被改动：{value}", f"altered, or its digest: {value}"
            )
    report.check(f"逐项摘要 {len(found)} 项", f"{len(found)} values against their digests")


def check_manifest(document: dict[str, Any], report: Report, published: str | None) -> None:
    """M, the order of times, the promises, the sizes."""
    manifest = document["manifest"]
    right = hashlib.sha256(canonical(manifest)).hexdigest()
    report.expect(
        "/manifest_hash", document["manifest_hash"], right, "清单摘要 M", "manifest hash M"
    )
    if published is not None:
        report.expect("--published", published.lower(), right, "抽取前公布的 M", "M as published")
    report.check(f"清单摘要 M = {right}", f"manifest hash M = {right}")
    demo = any(this["source"] == "demo" for this in manifest["beacon_rule"])
    report.expect("/demo", document["demo"], demo, "演示标记", "the mark DEMO")
    _check_campaign(manifest, document, report)
    if manifest["beacon_rule"]:
        _check_times(manifest, report)
    _check_sizes(manifest, report)


def _check_campaign(manifest: Any, document: dict[str, Any], report: Report) -> None:
    members = document["campaign"]
    if manifest["campaign"] is None:
        report.expect("/campaign", members, [], "联合抽取的清单", "manifests of a campaign")
        return
    if document["manifest_hash"] not in members:
        report.problem("/campaign", "联合抽取未包含本清单", "this manifest is not of the campaign")
    if len(set(members)) < len(members):
        report.problem("/campaign", "同一清单出现两次", "a manifest appears twice")


def _check_times(manifest: Any, report: Report) -> None:
    first = _moment(manifest["beacon_rule"][0]["at"])
    closing = [("cutoff", manifest["cutoff"])]
    if manifest["reveal_commits"]:
        closing.append(("reveal_by", manifest["reveal_by"]))
    for field, written in closing:
        if not _moment(written) < first:
            report.problem(
                f"/manifest/{field}", "须早于随机值产生", "must precede the random value"
            )
    for index, this in enumerate(manifest["beacon_rule"]):
        if this["source"] != "demo" and outcomes(this) < LEAST_OUTCOMES:
            where = f"/manifest/beacon_rule/{index}"
            report.problem(where, "随机性不足 90 比特", "less than 90 bits of randomness")
    report.check("截止、公开承诺均早于随机值", "cut-off and reveals precede the random value")


def _check_sizes(manifest: Any, report: Report) -> None:
    method, strata = manifest["method"], manifest["strata"]
    if (method == "replacement") != (manifest["replaces"] is not None):
        report.problem("/manifest/replaces", "补抽才写明所补清单", "only of a replacement")
        return
    for names in ([e["s"] for e in strata], [m for e in strata for m in e["members"]]):
        if len(set(names)) < len(names):
            report.problem("/manifest/strata", "同一分层出现两次", "a stratum appears twice")
    if not _check_shares(manifest, report):
        return
    if method == "replacement":
        lost = [entry["stratum"] for entry in manifest["replaces"]["lost"]]
        wanted, taken = [lost.count(entry["s"]) for entry in strata], [0] * len(strata)
        small = False
    else:
        wanted, taken, small = places(manifest)
    for index, entry in enumerate(strata):
        k = min(wanted[index], entry["eligible"])
        for field, right in (
            ("k", k),
            ("shortfall", wanted[index] - k),
            ("taken_back", taken[index]),
        ):
            where = f"/manifest/strata/{index}/{field}"
            name = entry["s"]
            report.expect(
                where, entry[field], right, f"分层「{name}」的 {field}", f"{field} of {name}"
            )
    report.expect(
        "/manifest/small_base", manifest["small_base"], small, "小基数标记", "the mark small base"
    )
    total = sum(entry["k"] for entry in strata)
    base = sum(entry["N"] for entry in strata)
    report.check(f"抽取数量：{base} 户中抽 {total} 户", f"sizes: {total} of {base}")


def _check_shares(manifest: Any, report: Report) -> bool:
    """The strategy lies within the bounds of its item; only then places are few to take back."""
    bounds, strata = manifest["bounds"], manifest["strata"]
    if bounds is None or manifest["method"] != "draw":
        return True
    listed = sum(entry["N"] for entry in strata)
    exact = sum((e["N"] * Fraction(*e["ratio"]) for e in strata), Fraction(0))
    high = Fraction(1) if bounds["high"] is None else Fraction(*bounds["high"])
    if Fraction(*bounds["low"]) * listed <= exact <= high * listed:
        return True
    report.problem("/manifest/bounds", "策略的比例不在事项的上下限之内", "ratios out of bounds")
    return False


def check_chance(document: dict[str, Any], report: Report) -> str | None:
    """Promises, the random value, and the key that follows from them."""
    manifest, beacon = document["manifest"], document["beacon"]
    random_parts = [manifest["method"] != "census", manifest["options"], manifest["assignment"]]
    _check_promises(document, report)
    if not any(random_parts) and beacon is None:
        report.check("全覆盖检查，不需要随机值", "a complete inspection needs no random value")
        return None
    _check_beacon(manifest, beacon, report)
    if any(this["source"] == "lottery" for this in manifest["beacon_rule"]):
        report.note(
            f"彩票各期须在 {manifest['cutoff']} 以后开奖，号码是否属实也请与公告核对",
            f"every draw must be later than {manifest['cutoff']}: compare dates and numbers with"
            " the announcement",
        )
    key = draw_key(manifest, document["reveals"], beacon, document["campaign"])
    report.check(f"抽签密钥 {key}", f"key {key}")
    return key


def _check_promises(document: dict[str, Any], report: Report) -> None:
    """Each promise is opened once, in the one way that its hash allows."""
    manifest, reveals = document["manifest"], document["reveals"]
    commits = {entry["party"]: entry["commit"] for entry in manifest["reveal_commits"]}
    for where, entries in (
        ("/manifest/reveal_commits", manifest["reveal_commits"]),
        ("/reveals", reveals),
    ):
        if len({entry["party"] for entry in entries}) < len(entries):
            report.problem(where, "同一方出现两次", "a party appears twice")
    if manifest["mode"] == "sealed":
        opened = sorted(entry["party"] for entry in reveals)
        report.expect("/reveals", opened, sorted(commits), "启封的各方", "opened secrets")
        if len(commits) < SEALED_PARTIES:
            report.problem("/manifest/reveal_commits", "封闭抽取不足三方", "fewer than 3 parties")
    for index, entry in enumerate(reveals):
        text = f"ssyg/commit/v1|{entry['party']}|{entry['salt']}|{entry['value']}"
        where = f"/reveals/{index}"
        report.expect(where, commits.get(entry["party"]), sha256(text), "承诺值", "the promise")


def _check_beacon(manifest: Any, beacon: Any, report: Report) -> None:
    this = manifest["beacon_rule"][beacon["round"]]
    report.expect(
        "/beacon/stalled", len(beacon["stalled"]), beacon["round"], "未举行的轮次", "fallen rounds"
    )
    _check_entry("/beacon", this, beacon, report)
    for fallen in manifest["beacon_rule"][: beacon["round"]]:
        if _moment(beacon["recorded_at"]) < _moment(fallen["by"]):
            report.problem(
                "/beacon/recorded_at", "原定轮次尚未过期", "the earlier round still stood"
            )
    last = _moment(beacon["recorded_at"])
    for index in reversed(range(len(beacon["earlier"]))):
        entry, where = beacon["earlier"][index], f"/beacon/earlier/{index}"
        _check_entry(where, this, entry, report)
        if _moment(entry["recorded_at"]) > last:
            report.problem(f"{where}/recorded_at", "晚于更正", "later than its correction")
        last = _moment(entry["recorded_at"])
    shown = "；".join(beacon["values"])
    report.check(f"随机值 {shown}", f"random value {shown}")


def _check_entry(where: str, this: Any, entry: Any, report: Report) -> None:
    """A value as two people entered it, the one that counts or one that was corrected."""
    names = this["draws"] if this["source"] == "lottery" else [f"{this['source']}:{this['name']}"]
    report.expect(f"{where}/values", len(entry["values"]), len(names), "随机值个数", "values")
    for index, (text, name) in enumerate(zip(entry["values"], names, strict=False)):
        if not canonical_value(this, text) or text.partition("=")[0] != name:
            report.problem(
                f"{where}/values/{index}",
                f"不是指定轮次的规范写法：{text}",
                f"not of the named round: {text}",
            )
    if len(set(entry["entered_by"])) != 2 or len(entry["entered_by"]) != 2:
        report.problem(f"{where}/entered_by", "须由两人录入", "two people must enter it")
    if _moment(entry["recorded_at"]) < _moment(this["at"]):
        report.problem(f"{where}/recorded_at", "早于随机值产生", "before the random value existed")


def check_file(document: Any, name: str, folder: Path, report: Report) -> Lines | None:
    """A list file fits its digests; None when it is held back as confidential."""
    entry = document["files"][name]
    path, step = folder / Path(entry["name"]).name, max(1, -(-entry["rows"] // MOST_BLOCKS))
    where = f"/files/{name}/lines_per_block"
    report.expect(where, entry["lines_per_block"], step, "每段行数", "lines per block")
    if entry["confidential"] and _is_held_back(document, name, path, report):
        return None
    if not path.is_file() and report.problems:
        report.problem(path.name, "名单文件不在旁边", "the list file is not beside the evidence")
        return None
    lines, blocks = list_file(path), entry["blocks"]
    whole, count, seen = hashlib.sha256(), 0, 0
    source = iter(lines)
    while block := b"".join(islice(source, step)):
        right = blocks[seen] if seen < len(blocks) else None
        if not entry["confidential"] and hashlib.sha256(block).hexdigest() != right:
            where = f"{path.name} lines {seen * step + 1}-{(seen + 1) * step}"
            shown = _short(block.decode(errors="replace").strip())
            report.problem(where, f"内容被改动：{shown}", f"altered: {shown}")
        whole.update(block)
        count += block.count(b"\n")
        seen += 1
    if entry["confidential"]:
        report.expect(f"/files/{name}/blocks", blocks, [], "逐行摘要", "digests of lines")
    elif seen < len(blocks):
        where = f"{path.name} lines {seen * step + 1}-"
        report.problem(where, "末尾缺行", "lines are missing at the end")
    report.expect(path.name, entry["sha256"], whole.hexdigest(), "文件摘要", "file hash")
    report.expect(path.name, entry["rows"], count, "行数", "number of lines")
    return lines


def _is_held_back(document: Any, name: str, path: Path, report: Report) -> bool:
    """Only of a draw that M calls sealed may a file be held back; it is not checked then."""
    if document["manifest"]["mode"] != "sealed":
        report.problem(
            f"/files/{name}/confidential",
            f"清单 M 定为公开抽取，{path.name} 不得列为不公开，请索取该文件",
            f"by M this draw is open, so {path.name} cannot be confidential: ask for it",
        )
        return True
    if path.exists():
        return False
    report.omit(
        f"{path.name} 不公开：有关名录的内容须由持有该文件的独立审计核对",
        f"{path.name} is confidential: what depends on it needs an auditor who holds it",
    )
    return True


def check_frame(reference: Any, strata: Any, lines: Lines, report: Report) -> None:
    """Roots, exclusions and counts of a frozen list."""
    name, last = lines.path.name, b""
    full, eligible, left_out = Merkle(), Merkle(), hashlib.sha256()
    listed: Counter[str] = Counter()
    able: Counter[str] = Counter()
    for number, line in enumerate(lines, start=1):
        body, _, codes = line.rstrip(b"\n").rpartition(b"|")
        unit, stratum, _ = body.split(b"|")
        if not last < unit:
            where = f"{name} line {number}"
            report.problem(where, "编号重复或次序不对", "an id repeats or is out of order")
        last = unit
        full.add(body)
        listed[stratum.decode()] += 1
        if codes:
            for code in codes.split(b","):
                left_out.update(unit + b"|" + code + b"\n")
        else:
            eligible.add(body)
            able[stratum.decode()] += 1
    roots = {
        "list_root": full.root(),
        "elig_root": eligible.root(),
        "excl_hash": left_out.hexdigest(),
    }
    for field, right in roots.items():
        report.expect(f"{name} {field}", reference[field], right, f"{name} 的 {field}", field)
    for entry in strata:
        members, stratum_name = entry.get("members", [entry["s"]]), entry["s"]
        for field, counts in (("N", listed), ("eligible", able)):
            total = sum(counts[member] for member in members)
            where = f"{name} {stratum_name} {field}"
            report.expect(where, entry[field], total, f"分层「{stratum_name}」的 {field}", field)
    report.check(
        f"{name}：{full.size} 行，可抽 {eligible.size} 行，名单根 {full.root()}",
        f"{name}: {full.size} rows, {eligible.size} eligible, root {full.root()}",
    )


def read_beside(document: Any, name: str, folder: Path, report: Report) -> dict[str, Any] | None:
    """A small JSON file beside the evidence, against its digests; None where it is not there."""
    place = {"changes": CHANGES, "replaced": REPLACED}[name]
    path, entry = folder / place, document["files"].get(name)
    if not path.is_file():
        if entry is not None:
            report.omit(
                f"{place} 不在旁边，请下载后放在 evidence.json 旁边",
                f"{place} is not beside evidence.json: download it too",
            )
        return None
    content = path.read_bytes()
    address = hashlib.sha256(content).hexdigest()
    if entry is None:
        report.note(
            f"本证据没有引用 {place}（摘要 {address}），请与公示栏的哈希核对",
            f"this evidence does not name {place} ({address}): compare it with the board",
        )
    else:
        report.expect(f"/files/{name}/name", entry["name"], place, "文件名", "file name")
        check_file(document, name, folder, report)
    found = parse(content, place)
    if not isinstance(found, dict):
        raise TypeError(place)
    return found


def check_freeze_before(before: str, now: str, named: list[str], report: Report) -> None:
    """The list that changes are told against: another one, unless there are none."""
    where = f"{CHANGES} /frame"
    if not re.fullmatch("[0-9a-f]{64}", before):
        report.problem(where, "不是冻结名录的摘要", "not the digest of a frozen list")
    elif named and before == now:
        report.problem(where, "同一份名录没有变更", "a list is no change of itself")


def check_changes(
    document: dict[str, Any], lines: Lines | None, folder: Path, report: Report
) -> None:
    """What the list has become since the freeze before: named units, against this very list."""
    said = read_beside(document, "changes", folder, report)
    if said is None:
        return
    kinds = ("added", "removed", "changed")
    right = sorted(("since", "frame", *kinds))
    report.expect(CHANGES, sorted(said), right, "变更名单的各栏", "fields of the changes")
    named = [unit for kind in kinds for unit in said[kind]]
    check_freeze_before(said["frame"], document["manifest"]["frame"], named, report)
    if len(set(named)) != len(named):
        report.problem(CHANGES, "同一编号出现两次", "an id appears twice")
    for kind in kinds:
        if said[kind] != sorted(said[kind], key=str.encode):
            report.problem(f"{CHANGES} /{kind}", "次序不对", "out of order")
    if lines is None:
        return
    wanted = set(named)
    listed = {row[0] for row in lines.rows() if row[0] in wanted}
    for kind in kinds:
        for index, unit in enumerate(said[kind]):
            if (unit in listed) is (kind == "removed"):
                where = f"{CHANGES} /{kind}/{index}"
                report.problem(where, f"与本次名单不符：{unit}", f"does not fit this list: {unit}")
    counts = [len(said[kind]) for kind in kinds]
    address = hashlib.sha256((folder / CHANGES).read_bytes()).hexdigest()
    report.check(
        f"{CHANGES}：与 {said['since']} 相比新增 {counts[0]}、移出 {counts[1]}、变更 {counts[2]}，"
        f"摘要 {address}（应与抽取前公布的一致）",
        f"{CHANGES}: {counts[0]} added, {counts[1]} removed, {counts[2]} changed since"
        f" {said['since']}; digest {address} (as published before the draw)",
    )


def check_replaced(document: dict[str, Any], folder: Path, report: Report) -> None:
    """A replacement refers to the manifest that lost units: same task, same list, fresh round."""
    manifest, how = document["manifest"], document["manifest"]["replaces"]
    before = read_beside(document, "replaced", folder, report)
    if how is None:
        if before is not None:
            report.problem(REPLACED, "本次抽取不是补抽", "this draw replaces nothing")
        return
    lost = len(how["lost"])
    if before is None:
        report.note(
            f"补抽 {lost} 户，所补清单 M = {how['manifest']}，请与原抽取的证据核对",
            f"replaces {lost} of manifest M = {how['manifest']}: compare with its evidence",
        )
        if "replaced" not in document["files"]:
            report.omit(f"没有 {REPLACED}", f"there is no {REPLACED}")
        return
    right = hashlib.sha256(canonical(before)).hexdigest()
    where = "/manifest/replaces/manifest"
    report.expect(where, how["manifest"], right, "所补清单 M", "the manifest replaced")
    report.expect("/manifest/task", manifest["task"], before["task"], "任务", "the task")
    if not before["seq"] < manifest["seq"]:
        report.problem("/manifest/seq", "须在所补清单之后", "must follow what it replaces")
    if list(misfits(before, MANIFEST)):
        report.problem(REPLACED, "各栏不是清单的格式", "its fields are not those of a manifest")
        return
    officers = manifest["unit"] == "inspector" and before["assignment"] is not None
    source = before["assignment"]["pool"] if officers else before
    report.expect(
        "/manifest/list_root", manifest["list_root"], source["list_root"], "同一名录", "same list"
    )
    _check_lost(manifest, before, {entry["s"] for entry in source["strata"]}, report)
    report.check(
        f"补抽 {lost} 户，所补清单 M = {right}，同一任务、同一名录、新的随机轮次",
        f"replaces {lost} of manifest M = {right}: same task, same list, a fresh round",
    )


def _check_lost(manifest: Any, before: Any, strata: set[str], report: Report) -> None:
    for index, entry in enumerate(manifest["replaces"]["lost"]):
        if entry["stratum"] not in strata:
            where = f"/manifest/replaces/lost/{index}"
            report.problem(where, "原抽取没有这一层", "the first draw has no such stratum")
    used = [_round_of(this) for this in before["beacon_rule"]]
    for index, this in enumerate(manifest["beacon_rule"]):
        if _round_of(this) in used:
            where = f"/manifest/beacon_rule/{index}"
            report.problem(where, "须使用新的随机轮次", "a fresh round is required")


def _round_of(this: Any) -> Any:
    return (
        [this["source"], sorted(this["draws"])] if this["draws"] else [this["source"], this["name"]]
    )


def check_result(
    document: dict[str, Any], key: str | None, lines: Lines | None, report: Report
) -> None:
    """The winners: all of them from the list, or at least each one's ticket."""
    manifest, result = document["manifest"], document["result"]
    report.expect("/result/manifest", result["manifest"], document["manifest_hash"], "清单", "M")
    report.expect("/result/key", result["key"], key, "抽签密钥", "the key")
    silent = [
        entry["party"]
        for entry in manifest["reveal_commits"]
        if entry["party"] not in [r["party"] for r in document["reveals"]]
    ]
    report.expect(
        "/result/dropped", result["dropped"], silent, "未公开承诺值的各方", "silent parties"
    )
    recorded = result["winners"]
    if lines is not None:
        rows = ((unit, stratum) for unit, stratum, _, codes in lines.rows() if not codes)
        drawn = winners(manifest, key, rows)
    else:
        drawn = _as_named(manifest, key, recorded, report)
    for index in range(max(len(drawn), len(recorded))):
        right = drawn[index] if index < len(drawn) else None
        found = recorded[index] if index < len(recorded) else None
        report.expect(f"/result/winners/{index}", found, right, "中签对象", "winner")
    report.expect("/result/digest", result["digest"], lines_digest(drawn), "结果摘要", "digest")
    last = {line.split("|")[0]: line.split("|")[1] or None for line in drawn}
    strata = [{"s": e["s"], "k": e["k"], "threshold": last.get(e["s"])} for e in manifest["strata"]]
    report.expect("/result/strata", result["strata"], strata, "各层数量和门槛", "sizes, thresholds")
    units = [line.rpartition("|")[2] for line in drawn]
    options = {
        choice["dimension"]: [
            f"{unit}|{','.join(chosen(manifest['alg'], str(key), choice, unit))}" for unit in units
        ]
        for choice in manifest["options"]
    }
    report.expect("/result/options", result["options"], options, "随机时间、内容等", "options")
    report.check(
        f"中签 {len(drawn)} 户，结果摘要 {lines_digest(drawn)}",
        f"{len(drawn)} drawn, digest {lines_digest(drawn)}",
    )


def _as_named(manifest: Any, key: str | None, named: list[str], report: Report) -> list[str]:
    """Without the list: the named winners with their own tickets, so many and in such order."""
    drawn = manifest["method"] != "census" and key is not None
    lines = []
    for line in named:
        stratum, _, unit = line.split("|")
        number = ticket(manifest["alg"], str(key), unit) if drawn else ""
        lines.append((stratum.encode(), number, unit.encode()))
    counts = Counter(stratum.decode() for stratum, _, _ in lines)
    size = {entry["s"]: entry["k"] for entry in manifest["strata"]}
    for name in sorted(set(counts) | set(size)):
        zh, en = f"分层「{name}」的中签数", f"number drawn of {name}"
        report.expect("/result/winners", counts[name], size.get(name, 0), zh, en)
    if len({unit for _, _, unit in lines}) < len(lines):
        report.problem("/result/winners", "同一对象中签两次", "a unit is drawn twice")
    return [f"{s.decode()}|{number}|{unit.decode()}" for s, number, unit in sorted(lines)]


def check_unmatched(document: Any, key: str | None, pool: Lines | None, report: Report) -> None:
    """No pairing where the manifest asks for one: only if nobody could fill its teams."""
    if document["manifest"]["assignment"] is None:
        return
    if pool is None:
        report.omit("没有配对，其理由须凭人员名录核对", "no pairing: why needs the pool")
        return
    try:
        draw_teams(document["manifest"], str(key), list(pool.rows()))
    except TooFewInspectors:
        report.check("人员名录凑不齐检查组，没有配对", "the pool cannot fill the teams: no pairing")
        return
    report.problem(
        "/matching",
        "清单 M 要求随机匹配检查人员，人员名录也够，证据中却没有配对",
        "by M inspectors are matched, the pool is large enough, and there is no pairing",
    )


def check_matching(
    document: dict[str, Any], key: str, lines: Lines | None, pool: Lines | None, report: Report
) -> None:
    """Teams, quotas, pairs; or the proof that no pairing exists."""
    manifest, matching = document["manifest"], document["matching"]
    alg = manifest["alg"]
    report.expect(
        "/matching/manifest", matching["manifest"], document["manifest_hash"], "清单", "M"
    )
    if pool is not None:
        teams = draw_teams(manifest, key, list(pool.rows()))
        report.expect("/matching/teams", matching["teams"], teams, "检查组", "teams")
    else:
        teams = matching["teams"]
        _check_named_teams(manifest, key, teams, report)
    feasible = _check_visits(document, lines, teams, report)
    names = [team["team"] for team in teams]
    room = quotas(alg, key, len(feasible), teams)
    report.expect("/matching/quotas", matching["quotas"], room, "各组户数", "quotas")
    team_of, stuck = pair(alg, key, feasible, names, room)
    pairs = sorted(team_of.items(), key=lambda item: item[0].encode()) if stuck is None else []
    right = [f"{unit}|{names[team]}" for unit, team in pairs]
    report.expect("/matching/pairs", matching["pairs"], right, "配对", "pairs")
    report.expect("/matching/digest", matching["digest"], lines_digest(right), "配对摘要", "digest")
    _check_witness(matching, feasible, names, room, stuck, report)
    if any(special["barred"] for special in matching["visits"].values()):
        report.note(
            "回避只公布到组：回避名单本身须由持有名单的独立审计核对",
            "recusals are shown by team; the list itself needs an auditor who holds it",
        )
    report.check(
        f"检查组 {len(teams)} 个，配对 {len(right)} 户", f"{len(teams)} teams, {len(right)} pairs"
    )


def _check_named_teams(manifest: Any, key: str, teams: Any, report: Report) -> None:
    """Without the pool: as many teams as M says, nobody twice, each slot in order of tickets."""
    slots, count = manifest["assignment"]["slots"], manifest["assignment"]["teams"]
    people = [person for team in teams for person in team["members"]]
    shape = [(team["team"], len(team["members"])) for team in teams]
    right = [(f"T{number:04d}", len(slots)) for number in range(count)]
    if shape != right or len(set(people)) < len(people):
        report.problem(
            "/matching/teams",
            "组数、组名或人数不对，或有人重复",
            "teams of a wrong number or shape",
        )
        return
    for at, slot in enumerate(slots):
        column = [
            (ticket(manifest["alg"], key, "team", slot["department"], person), person.encode())
            for person in (team["members"][at] for team in teams)
        ]
        if column != sorted(column):
            report.problem("/matching/teams", "不按签号次序", "not in order of tickets")
    for index, team in enumerate(teams):
        led = [
            person for person, slot in zip(team["members"], slots, strict=True) if slot["leader"]
        ]
        where = f"/matching/teams/{index}/leader"
        report.expect(where, team["leader"], led[0] if led else None, "组长", "leader")
        where, right = f"/matching/teams/{index}/items", sorted(set(team["items"]))
        report.expect(where, team["items"], right, "所持资格", "certificates")


def _check_visits(
    document: Any, lines: Lines | None, teams: list[dict[str, Any]], report: Report
) -> dict[str, list[int]]:
    """The teams that may take each unit; only exceptions are written down, and only of winners."""
    common, visits = document["manifest"]["assignment"]["items"], document["matching"]["visits"]
    units = {line.rpartition("|")[2] for line in document["result"]["winners"]}
    needed = {unit: set(visits.get(unit, {"items": common})["items"]) for unit in sorted(units)}
    if lines is not None:
        of_row = ((row[0], row[2].split(";")) for row in lines.rows() if row[0] in units)
        needed = {
            unit: {w[5:] for w in words if w.startswith("item=")} or set(common)
            for unit, words in of_row
        }
    feasible = {}
    for unit, items in needed.items():
        barred = visits[unit]["barred"] if unit in visits else []
        able = [t for t, team in enumerate(teams) if items <= set(team["items"])]
        feasible[unit] = [t for t in able if teams[t]["team"] not in barred]
        ordered = [team["team"] for team in teams if team["team"] in barred]
        special = {"items": sorted(items), "barred": ordered}
        right = special if barred or items != set(common) else None
        where = f"/matching/visits/{unit}"
        report.expect(where, visits.get(unit), right, "所需资格、回避的组", "certificates, barred")
    for unit in sorted(set(visits) - units):
        where = f"/matching/visits/{unit}"
        report.problem(where, "没有抽中这一对象", "this unit was not drawn")
    return feasible


def _check_witness(
    matching: Any,
    feasible: dict[str, list[int]],
    names: list[str],
    room: list[int],
    stuck: tuple[str, list[int]] | None,
    report: Report,
) -> None:
    right = None
    if stuck is not None:
        full = set(stuck[1])
        only = [unit for unit, teams in feasible.items() if set(teams) <= full]
        right = {
            "stuck": stuck[0],
            "teams": [names[team] for team in stuck[1]],
            "units": sorted(only, key=str.encode),
            "places": sum(room[team] for team in full),
        }
        report.check(
            f"不可行证明成立：{len(only)} 户只能由 {len(full)} 个组检查，名额 {right['places']}",
            f"no pairing exists: {len(only)} units for {right['places']} places",
        )
    report.expect("/matching/infeasible", matching["infeasible"], right, "不可行证明", "witness")


def check_receipt(document: dict[str, Any], key: str | None, report: Report) -> None:
    """One business: its row is in the frozen list, its ticket is right, the threshold decides."""
    manifest, proof, unit = document["manifest"], document["proof"], document["unit"]
    entries = manifest["strata"]
    row = proof["row"].split("|")
    report.expect("/proof/row", row[0], unit, "编号", "id")
    left_out = proof["eligible"] is None
    report.expect("/proof/codes", bool(proof["codes"]), left_out, "是否被排除", "left out or not")
    trees = [("listed", "list_root", sum(e["N"] for e in entries))]
    if proof["eligible"] is not None:
        trees.append(("eligible", "elig_root", sum(e["eligible"] for e in entries)))
    for name, field, size in trees:
        place = proof[name]
        found = root_from_path(proof["row"], place["index"], place["size"], place["path"])
        where = f"/proof/{name}/path"
        report.expect(where, found, manifest[field], f"到 {field} 的证明", f"path to {field}")
        report.expect(f"/proof/{name}/size", place["size"], size, "名单行数", "size of the list")
    right = ticket(manifest["alg"], str(key), unit)
    report.expect("/key", document["key"], key, "抽签密钥", "the key")
    report.expect("/ticket", document["ticket"], right, "签号", "ticket")
    threshold = document["threshold"]
    drawn = proof["eligible"] is not None and threshold is not None and right <= threshold
    report.expect("/drawn", document["drawn"], drawn, "是否中签", "drawn or not")
    codes = "、".join(proof["codes"])
    outcome = "中签" if drawn else (f"未参加抽取（{codes}）" if codes else "未中签")
    outcome_en = "drawn" if drawn else ("left out" if codes else "not drawn")
    report.check(
        f"{unit} 在冻结名单第 {proof['listed']['index'] + 1} 行，签号 {right}，{outcome}",
        f"{unit} is row {proof['listed']['index'] + 1}, ticket {right}: {outcome_en}",
    )
    report.note(
        "门槛本身须凭完整名单核对",
        "the threshold itself can only be checked with the full list",
    )


# ------------------------------------------------------------------ the program


def verify(path: Path, published: str | None = None) -> tuple[Report, bool]:
    """Check the evidence at `path`; the second value says whether it is a demo."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"读不到 {path} / cannot read {path}: {error.strerror}") from error
    report = Report()
    document = read_document(content, report)
    if document is None:
        if not report.problems:
            raise Unreadable("不是抽取证据 / not the evidence of a draw")
        return report, False
    kind, demo = document.get("kind"), document.get("demo") is True
    if kind not in KINDS and "manifest" not in document:
        raise Unreadable("不是抽取证据 / not the evidence of a draw")
    report.is_receipt = kind == KINDS[1]
    _all_fits(report, "/digests", lambda: check_digests(document, report))
    if not report.stopped:
        _all_fits(report, "/kind", lambda: check_fields(document, report))
    if report.stopped:
        return report, demo
    _guard(report, "/manifest", lambda: check_manifest(document, report, published))
    key = _guard(report, "/beacon", lambda: check_chance(document, report))
    if report.is_receipt:
        _guard(report, "/proof", lambda: check_receipt(document, key, report))
    else:
        _guard(report, "/result", lambda: _check_draw(document, key, path.parent, report))
    return report, demo


def _check_draw(document: dict[str, Any], key: str | None, folder: Path, report: Report) -> None:
    manifest, matching = document["manifest"], document["matching"]
    _guard(report, REPLACED, lambda: check_replaced(document, folder, report))
    read = _all_fits(report, "/files", lambda: _check_files(document, folder, report))
    if report.stopped:
        return
    lines, pool = read
    _guard(report, CHANGES, lambda: check_changes(document, lines, folder, report))
    if lines is not None:
        check_frame(manifest, manifest["strata"], lines, report)
    check_result(document, key, lines, report)
    if pool is not None:
        reference = manifest["assignment"]["pool"]
        check_frame(reference, reference["strata"], pool, report)
    if matching is None:
        check_unmatched(document, key, pool, report)
    elif key is not None:
        check_matching(document, key, lines, pool, report)


def _check_files(
    document: dict[str, Any], folder: Path, report: Report
) -> tuple[Lines | None, Lines | None]:
    """The list and the pool are the files that M names, and they are there or may be held back."""
    manifest, files = document["manifest"], document["files"]
    frame, rows = manifest["frame"], sum(entry["N"] for entry in manifest["strata"])
    report.expect("/manifest/frame", frame, files["list"]["sha256"], "名单文件", "list file")
    report.expect("/files/list/rows", files["list"]["rows"], rows, "名单行数", "rows of the list")
    lines = check_file(document, "list", folder, report)
    if (manifest["assignment"] is not None) != ("pool" in files):
        report.problem(
            "/files/pool",
            "清单 M 要求抽取检查人员时才有、也必须有人员名录文件",
            "there is a pool file if, and only if, M has inspectors drawn",
        )
    if manifest["assignment"] is None:
        if document["matching"] is not None:
            report.problem("/matching", "清单 M 不抽取检查人员", "M has no inspectors drawn")
        return lines, None
    if "pool" not in files:
        return lines, None
    where, reference = "/manifest/assignment/pool/file", manifest["assignment"]["pool"]
    report.expect(where, reference["file"], files["pool"]["sha256"], "人员名录文件", "pool file")
    found, right = files["pool"]["rows"], reference["rows"]
    report.expect("/files/pool/rows", found, right, "人员名录行数", "rows of the pool")
    return lines, check_file(document, "pool", folder, report)


def _all_fits(report: Report, where: str, step: Callable[[], Any]) -> Any:
    """Run a check on which the rest is built: where it finds anything, nothing else is computed."""
    before = len(report.problems)
    found = _guard(report, where, step)
    if len(report.problems) > before:
        report.stop()
    return found


def _guard(report: Report, where: str, step: Callable[[], Any]) -> Any:
    """Run one check; malformed content is a problem of that part, never a crash."""
    try:
        return step()
    except MALFORMED as error:
        text = f"{type(error).__name__}: {error}"
        report.problem(
            where, f"内容残缺，无法继续核对（{text}）", f"malformed, cannot go on ({text})"
        )
        return None


def _no_float(text: str) -> None:
    raise ValueError(text)


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 72 else f"{text[:60]}…（{len(text)}）"


def print_report(report: Report, *, demo: bool) -> None:
    """Say what was checked and found, in Chinese and English."""
    if demo:
        print("【演示】随机值可预先算出，不证明任何真实抽取。 / DEMO: this proves no real draw.")
    for zh, en in report.checks:
        print(f"  已核对  {zh}\n  checked {en}")
    for zh, en in report.notes:
        print(f"  说明    {zh}\n  note    {en}")
    for problem in report.problems:
        print(f"✗ {problem.where}\n    {problem.zh}\n    {problem.en}")
    for zh, en in report.unchecked:
        print(f"？ 未核对  {zh}\n  not checked  {en}")
    print(conclusion(report))


def conclusion(report: Report) -> str:
    """Say in both languages what follows; everything fits only where everything was checked."""
    count, left = len(report.problems), len(report.unchecked)
    if count:
        return f"结论：发现 {count} 处问题，证据不可信。 / {count} problems: do not trust this."
    if left:
        return (
            f"结论：已核对的各项相符，但有 {left} 项没有核对（见上），不能认定整个抽取相符。\n"
            f"What was checked fits, but {left} checks were not done (see above): this does not"
            " prove the draw."
        )
    if report.is_receipt:
        return (
            "结论：本户的名录行和签号相符；门槛须凭完整名单核对。请核对 M 与抽取前公布的值一致。\n"
            "This row and its ticket fit; the threshold needs the full list. Compare M with what"
            " was published before the draw."
        )
    return (
        "结论：全部相符。请核对 M 与抽取前公布的值一致。\n"
        "Everything fits. Compare M with what was published before the draw."
    )


def main(arguments: list[str]) -> int:
    """Run as a program; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="verify.py", description="核验一次抽取的证据 / check the evidence of a draw"
    )
    parser.add_argument(
        "evidence",
        type=Path,
        help="evidence.json（名单文件和 changes.json、replaced.json 放在同一文件夹）",
    )
    parser.add_argument("--published", metavar="M", help="抽取前公布的清单摘要 / M as published")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出 / print JSON")
    try:
        asked = parser.parse_args(arguments)
        report, demo = verify(asked.evidence, asked.published)
    except Unreadable as error:
        print(f"无法核验：{error}", file=sys.stderr)
        return 2
    except OSError as error:
        name = Path(str(error.filename)).name
        print(f"无法核验：读不到 {name} / cannot read {name}: {error.strerror}", file=sys.stderr)
        return 2
    except SystemExit as stop:
        return int(stop.code or 0)
    if asked.json:
        problems = [problem._asdict() for problem in report.problems]
        checks = [{"zh": zh, "en": en} for zh, en in report.checks]
        notes = [{"zh": zh, "en": en} for zh, en in report.notes]
        unchecked = [{"zh": zh, "en": en} for zh, en in report.unchecked]
        found = {"demo": demo, "checks": checks, "notes": notes, "problems": problems}
        found |= {"unchecked": unchecked}
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print_report(report, demo=demo)
    if report.problems:
        return 1
    return 3 if report.unchecked else 0


if __name__ == "__main__":  # pragma: no cover — run by the tests as a program of its own
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a GBK console has no ✗
    sys.exit(main(sys.argv[1:]))
