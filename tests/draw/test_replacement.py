"""What fell away is drawn again from the rest; why an officer may not step in is not told."""

from __future__ import annotations

import pytest

from engine.draw import frame, replacement
from engine.draw.refusals import ManifestProblem
from engine.draw.teams import Inspector

PEOPLE = [
    Inspector(inspector="S1", department="samr", leader=True, items=frozenset({"I"})),
    Inspector(inspector="S2", department="samr", leader=True, items=frozenset({"I"})),
    Inspector(inspector="S3", department="samr", items=frozenset({"I"})),
    Inspector(inspector="S4", department="samr", leader=True),
    Inspector(inspector="S5", department="samr", certified=False),
    Inspector(inspector="F1", department="fire", leader=True, items=frozenset({"I"})),
]


def pool() -> list[bytes]:
    rows = [frame.Row(p.inspector, p.department, p.flags) for p in PEOPLE]
    return frame.freeze(rows)[0].splitlines(keepends=True)


def able(**how: object) -> set[str]:
    asked = {"officer": "S1", "team": {"S1", "F1"}, "leads": False, "needed": frozenset()}
    lines = replacement.remaining_people(pool(), **{**asked, "barred": (), **how})  # type: ignore[arg-type]  # forwards
    return {row.unit for row in frame.rows(lines) if not row.codes}


def test_only_certified_colleagues_of_the_same_department_step_in() -> None:
    assert able() == {"S2", "S3", "S4"}


def test_a_leader_is_followed_by_a_leader_with_the_certificates_the_team_lacks() -> None:
    assert able(leads=True, needed=frozenset({"I"})) == {"S2"}


def test_who_is_recused_stays_out_under_the_same_code_as_everybody() -> None:
    lines = replacement.remaining_people(
        pool(),
        officer="S1",
        team={"S1", "F1"},
        leads=False,
        needed=frozenset(),
        barred={"S2"},
    )
    codes = {row.unit: row.codes for row in frame.rows(lines)}
    assert codes["S2"] == codes["F1"] == codes["S5"] == (replacement.NOT_THIS_TIME,)


def test_the_list_root_is_the_pool_s_and_only_the_exclusions_differ() -> None:
    before = frame.write(pool())
    lines = replacement.remaining_people(
        pool(), officer="S1", team={"S1"}, leads=False, needed=frozenset(), barred=()
    )
    after = frame.write(lines)
    assert after.list_root == before.list_root
    assert after.excl_hash != before.excl_hash


def test_somebody_who_was_not_drawn_is_not_replaced() -> None:
    with pytest.raises(ManifestProblem, match="不是这个检查组抽中的人员"):
        able(officer="S9")


def test_a_lost_unit_keeps_the_stratum_it_was_drawn_in() -> None:
    won = ["A|0f|U1", "B|1f|U2"]
    (lost,) = replacement.lost_of(won, ["U2"], reason="注销")
    assert (lost.unit, lost.stratum, lost.reason) == ("U2", "B", "注销")
    with pytest.raises(ManifestProblem, match="不是同一份清单抽中的"):
        replacement.lost_of(won, ["U3"], reason="注销")
