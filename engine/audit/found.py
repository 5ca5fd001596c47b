"""What an audit says: the places that differ, in sentences, and what its replay came through."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine import clock
from engine.case import Case
from engine.errors import ProductError
from engine.history import Record

# seq, kind, role, at, actor: the columns beside a body; an instant that cannot be read is itself
Copy = tuple[int, str, str, object, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One place where the record and its recomputation differ.

    `place` names a table and column or a file, where it is not an event itself that differs."""

    seq: int
    code: str
    recorded: str
    recomputed: str
    place: str = ""

    def sentence(self, language: str = "zh") -> str:
        if self.place:
            return self._beside(language)
        if language == "en":
            return (
                f"event {self.seq}: {self.code}; recorded {self.recorded}, "
                f"recomputed {self.recomputed}"
            )
        return (
            f"第 {self.seq} 号事件：{_CODES.get(self.code, self.code)}；"
            f"记录为 {self.recorded}，重新计算为 {self.recomputed}"
        )

    def _beside(self, language: str) -> str:
        if language == "en":
            return f"{self.place}: {self.code}; is {self.recorded}, should be {self.recomputed}"
        told = _CODES.get(self.code, self.code)
        return f"{self.place}：{told}；现为 {self.recorded}，应为 {self.recomputed}"


_CODES = {
    "chain": "哈希链断裂",
    "lost": "事件缺失",
    "column": "列与正文不一致",
    "version": "所用版本与立案时固定的版本不符",
    "consequence": "推导结果不一致",
    "digest": "状态摘要不一致",
    "work": "长任务结果不一致",
    "order": "事件顺序不成立",
    "replay": "无法重放",
    "row": "与事件不符",
    "damaged": "损坏",
    "missing": "缺少",
    "stray": "没有所属的案件",
}


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What a replay came through: for whoever compares what stands beside the events."""

    records: tuple[Record, ...]
    first: Case | None = None  # as its first command left it
    last: Case | None = None  # as far as the replay came
    made: dict[str, int] = field(default_factory=dict)  # address of a document → its event


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    number: str
    events: int
    discrepancies: tuple[Discrepancy, ...] = ()
    replayed: Replayed | None = field(default=None, repr=False, compare=False)

    @property
    def is_clean(self) -> bool:
        return not self.discrepancies


def told(error: Exception) -> str:
    """Return what an error says: ours a sentence, any other its kind beside its words."""
    if isinstance(error, ProductError):
        return str(error)[:300]
    return f"{type(error).__name__}: {error}"[:300]


def shown(value: object) -> str:
    """Return a value of a column as it reads in a sentence."""
    if value is None or value == "":
        return "（无）"
    if isinstance(value, datetime):
        return clock.text(value)
    if isinstance(value, bytes):
        return value.hex()[:16] or "（无）"
    return str(value)[:200]
