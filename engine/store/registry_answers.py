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


def ends_of(codes: Sequence[str]) -> dict[int, str]:
    """Return how most lines end, by twice the answers plus 1 for a 重点检查对象: at most one rule
    leaves the unit out, none is undecided."""
    answers = {0: "", **{3**place: code for place, code in enumerate(codes)}}
    return {
        answer * 2 + weighty: f"|{KEY if weighty else ''}|{code}\n"
        for answer, code in answers.items()
        for weighty in (0, 1)
    }


class Tails(dict[int, bytes]):
    """The flags and codes of a line for each combination of answers that occurs: a few hundred.

    It is looked up by twice the answers plus 1 for a 重点检查对象.
    `doubtful` holds the rules that some unit so far left undecided."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__()
        self._codes = codes
        self.doubtful: set[str] = set()

    def __missing__(self, both: int) -> bytes:
        answers, weighty = divmod(both, 2)
        excluded, unknown = split(self._codes, answers)
        self.doubtful.update(unknown)
        flags = (KEY if weighty else "") + (UNKNOWN if unknown else "")
        tail = self[both] = f"|{flags}|{','.join(excluded)}".encode()
        return tail
