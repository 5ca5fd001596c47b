"""What the database answers about a unit, as the frame writes it: stratum, flags, rule codes.

The answers of all rules are one number, a digit of base 3 per rule in the order of their codes:
0 the unit stays, 1 it is left out, 2 the rule cannot be decided.
"""

from __future__ import annotations

from collections.abc import Sequence

UNNAMED = "未分"  # the stratum of rows whose column is empty
KEY, UNKNOWN = "K", "?"  # flags: 重点检查对象; an exclusion could not be decided


def split(codes: Sequence[str], answers: int) -> tuple[list[str], list[str]]:
    """Return the rules that leave a unit out, and those that cannot be decided."""
    excluded: list[str] = []
    unknown: list[str] = []
    for code in codes:
        answers, answer = divmod(answers, 3)
        if answer:
            (excluded if answer == 1 else unknown).append(code)
    return excluded, unknown


def stratum_of(word: str) -> str:
    """Return a stratum as the frame writes it: no spaces, and a name where there is none."""
    return word.replace(" ", "") or UNNAMED


class Tails(dict[tuple[str, int], str]):
    """The end of a line for each combination that occurs: a few hundred, not a million.

    It is looked up by stratum and twice the answers plus 1 for a 重点检查对象: one number less in
    each of a million rows.
    `doubtful` holds the rules that some unit so far left undecided."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self._codes = codes
        self.doubtful: set[str] = set()

    def __missing__(self, verdict: tuple[str, int]) -> str:
        stratum, both = verdict
        answers, key = divmod(both, 2)
        excluded, unknown = split(self._codes, answers)
        self.doubtful.update(unknown)
        flags = (KEY if key else "") + (UNKNOWN if unknown else "")
        tail = self[verdict] = f"|{stratum_of(stratum)}|{flags}|{','.join(excluded)}\n"
        return tail
