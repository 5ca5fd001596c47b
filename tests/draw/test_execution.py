"""From recorded inputs to the result: the same for everybody, sealed, shared or fixed."""

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from engine.draw import choices, evidence, execution, frame, recusals, reveals, verify
from engine.draw.manifest import Method, Mode, campaign_hash
from engine.draw.refusals import (
    BadText,
    ManifestProblem,
    OutsideRegistry,
    SealBroken,
    StillSealed,
    WrongMoment,
)
from engine.draw.sizes import SmallBase, census
from engine.draw.terms import Choice, Slot
from tests.draw import example
from tests.draw.test_evidence import arguments, publish

DRAWN = example.task()
RESULT = DRAWN.objects()
PARTIES = ("市监局", "司法局", "公证处")


def winners(result: dict[str, Any]) -> list[str]:
    return [line.rpartition("|")[2] for line in result["winners"]]


def test_the_result_says_who_with_which_ticket_below_which_threshold() -> None:
    assert RESULT["manifest"] == DRAWN.manifest.hash
    assert len(RESULT["winners"]) == 15
    for entry in RESULT["strata"]:
        mine = [line for line in RESULT["winners"] if line.startswith(f"{entry['s']}|")]
        assert len(mine) == entry["k"]
        assert max(line.split("|")[1] for line in mine) == entry["threshold"]


def test_lines_read_once_give_the_same_result() -> None:
    once = execution.draw_objects(
        DRAWN.manifest.document(),
        iter(DRAWN.listing.splitlines(keepends=True)),
        arguments(DRAWN)["reveals"],
        arguments(DRAWN)["beacon"],
    )
    assert once == RESULT


def test_nobody_excluded_is_ever_drawn() -> None:
    left_out = {row.unit for row in example.subjects() if row.codes}
    assert left_out
    assert not left_out & set(winners(RESULT))


def test_without_the_random_value_there_is_no_draw() -> None:
    with pytest.raises(ManifestProblem, match="尚未记录"):
        execution.draw_key(DRAWN.manifest, arguments(DRAWN)["reveals"], None)


@pytest.mark.parametrize(
    "change",
    [{"round": 2}, {"round": -1}, {"values": ["dice:CY-2026-07-02=" + "1" * 35]}, {"round": 1}],
)
def test_a_value_of_another_round_does_not_draw(change: dict[str, Any]) -> None:
    value = arguments(DRAWN)["beacon"] | change
    with pytest.raises(Exception, match="随机"):
        execution.draw_key(DRAWN.manifest, arguments(DRAWN)["reveals"], value)


# ------------------------------------------------------------------------- reveals, sealed mode


def test_a_silent_party_is_dropped_and_named() -> None:
    quiet = replace_task(DRAWN, reveals=DRAWN.reveals[:1])
    result = quiet.objects()
    assert result["dropped"] == ["行业协会"]
    assert result["key"] != RESULT["key"]


def test_the_order_in_which_parties_reveal_does_not_matter() -> None:
    assert replace_task(DRAWN, reveals=DRAWN.reveals[::-1]).objects() == RESULT


def test_a_reveal_comes_in_time_and_fits_its_promise() -> None:
    good = DRAWN.reveals[0]
    assert reveals.accept(DRAWN.manifest, good, at="2026-07-01T00:29:59Z") == good
    with pytest.raises(WrongMoment, match="期限"):
        reveals.accept(DRAWN.manifest, good, at="2026-07-01T00:30:00Z")
    with pytest.raises(SealBroken, match="公证处"):
        reveals.accept(DRAWN.manifest, replace(good, value="0" * 64), at="2026-07-01T00:00:00Z")
    with pytest.raises(WrongMoment):
        reveals.accept(replace(DRAWN.manifest, reveal_by=None), good, at=example.AT)
    with pytest.raises(BadText, match="密值"):
        replace(good, salt="short").commit  # noqa: B018 — the promise cannot be made


SEALED = example.task(mode=Mode.SEALED, parties=PARTIES, teams=0)


def replace_task(task: example.Task, **changes: Any) -> example.Task:
    fields = ("manifest", "listing", "pool", "reveals", "random_value", "avoid")
    return example.Task(**({name: getattr(task, name) for name in fields} | changes))


def test_a_sealed_draw_needs_all_its_secrets() -> None:
    assert len(SEALED.objects()["winners"]) == 15
    with pytest.raises(SealBroken, match="公证处") as refused:
        replace_task(SEALED, reveals=SEALED.reveals[:2]).objects()
    assert refused.value.grave
    wrong = [*SEALED.reveals[:2], replace(SEALED.reveals[2], value="1" * 64)]
    with pytest.raises(SealBroken, match="公证处"):
        replace_task(SEALED, reveals=wrong).objects()


def test_public_values_alone_do_not_give_the_key_of_a_sealed_draw() -> None:
    public = replace_task(SEALED, manifest=replace(SEALED.manifest, mode=Mode.OPEN), reveals=[])
    assert public.objects()["key"] != SEALED.objects()["key"]


def test_a_sealed_draw_shows_nothing_before_its_last_visit() -> None:
    result = SEALED.objects()
    with pytest.raises(StillSealed) as refused:
        evidence.build(SEALED.manifest.document(), result, **arguments(SEALED))
    assert refused.value.grave
    unit = winners(result)[0]
    with pytest.raises(StillSealed):
        evidence.receipt(SEALED.manifest.document(), result, unit, **arguments(SEALED))
    reveals.require_opened(SEALED.manifest, last_visit_ended=True)
    reveals.require_opened(DRAWN.manifest, last_visit_ended=False)


def test_an_opened_sealed_draw_checks_like_any_other(tmp_path: Any) -> None:
    path = publish(SEALED, tmp_path, last_visit_ended=True)
    assert verify.verify(path)[0].problems == []


# ------------------------------------------------------------------------- campaign


def test_tasks_of_one_campaign_surface_the_same_businesses(tmp_path: Any) -> None:
    tasks = [
        example.task(task=f"CY-2026-RW-000{number}", campaign="CY-2026-LH-0001", teams=0)
        for number in (1, 2)
    ]
    hashes = [task.manifest.hash for task in tasks]
    one, two = (task.objects(campaign=hashes) for task in tasks)
    assert one["key"] == two["key"]
    assert winners(one) == winners(two)
    assert one["manifest"] != two["manifest"]
    assert campaign_hash("X", hashes) == campaign_hash("X", hashes[::-1])
    with pytest.raises(ManifestProblem, match="联合抽取"):
        tasks[0].objects(campaign=hashes[1:])
    document = evidence.build(
        tasks[0].manifest.document(), one, **arguments(tasks[0]), campaign=hashes
    )
    (tmp_path / "list.txt").write_bytes(tasks[0].listing)
    (tmp_path / "evidence.json").write_bytes(evidence.encode(document))
    assert verify.verify(tmp_path / "evidence.json")[0].problems == []


# ------------------------------------------------------------------------- fixed lists, carriers

DAYS = Choice(dimension="time", options=("2026-07-06", "2026-07-07", "2026-07-08"))
ITEMS = Choice(dimension="content", options=("SC-1", "SC-2", "SC-3", "SC-4"), count=2)


def test_a_fixed_list_has_random_time_and_content(tmp_path: Any) -> None:
    rows = [frame.Row(f"SITE-{number:03d}", "A") for number in range(60)]
    _, frozen = frame.freeze(rows)
    fixed = example.task(
        rows=rows,
        teams=0,
        unit="carrier",
        method=Method.CENSUS,
        sizes=census(frozen.listed, frozen.eligible, ["A"]),
        options=(DAYS, ITEMS),
    )
    result = fixed.objects()
    assert winners(result) == [row.unit for row in rows]
    assert result["strata"] == [{"s": "A", "k": 60, "threshold": None}]
    days = [line.partition("|")[2] for line in result["options"]["time"]]
    assert set(days) == set(DAYS.options)
    for line in result["options"]["content"]:
        first, second = line.partition("|")[2].split(",")
        assert first != second
    assert verify.verify(publish(fixed, tmp_path))[0].problems == []


def test_options_do_not_depend_on_their_order_and_are_even() -> None:
    key = sha256(b"key").hexdigest()
    backwards = replace(DAYS, options=DAYS.options[::-1])
    chosen = [choices.choose(key, DAYS, f"U{number}") for number in range(900)]
    assert chosen == [choices.choose(key, backwards, f"U{number}") for number in range(900)]
    counts = [chosen.count((option,)) for option in DAYS.options]
    assert sum((count - 300) ** 2 / 300 for count in counts) < 13.8  # .999 of χ²(2)


def test_a_pooled_stratum_draws_from_all_its_members() -> None:
    rows = [row for row in example.subjects(40) if row.stratum in "AB"][:8]
    pooled = example.task(rows=rows, teams=0, policy=SmallBase.TASK)
    result = pooled.objects()
    assert [entry["s"] for entry in result["strata"]] == ["A+B+C+D"]
    assert len(winners(result)) == 1


# ------------------------------------------------------------------------- inspectors

PAIRED = DRAWN.inspectors(RESULT)


def test_every_drawn_unit_has_a_team_that_may_visit_it() -> None:
    teams = {team["team"]: team for team in PAIRED["teams"]}
    pairs = dict(line.split("|") for line in PAIRED["pairs"])
    assert set(pairs) == set(winners(RESULT))
    for unit, team in pairs.items():
        needed = PAIRED["visits"].get(unit, {"items": ["SC-012"]})["items"]
        assert set(needed) <= set(teams[team]["items"])


def test_a_recused_inspector_never_meets_the_unit() -> None:
    team, unit = PAIRED["teams"][0], PAIRED["pairs"][0].split("|")[0]
    for person in team["members"]:
        recused = example.task(avoid=[(unit, person)])
        result = recused.objects()
        paired = recused.inspectors(result)
        barred = paired["visits"].get(unit, {"barred": []})["barred"]
        crew = [t["team"] for t in paired["teams"] if person in t["members"]]
        if unit in winners(result):
            assert barred == crew
            assert not {f"{unit}|{team}" for team in crew} & set(paired["pairs"])


def test_recusals_are_published_by_team_only(tmp_path: Any) -> None:
    everyone = [
        (row.unit, person.inspector)
        for row in example.subjects()
        for person in example.inspectors()[:12]
    ]
    path = publish(example.task(avoid=everyone), tmp_path)
    visits = json.loads(path.read_text())["matching"]["visits"]
    assert any(entry["barred"] for entry in visits.values())
    report, _ = verify.verify(path)
    assert report.problems == []
    assert any("回避" in zh for zh, _ in report.notes)


def test_an_assistant_without_certificate_joins_where_the_slot_allows(tmp_path: Any) -> None:
    slots = (
        Slot(department="samr", leader=True),
        Slot(department="fire"),
        Slot(department="samr", certified=False),
    )
    task = example.task(slots=slots)
    paired = task.inspectors(task.objects())
    assert all(len(set(team["members"])) == 3 for team in paired["teams"])
    assert verify.verify(publish(task, tmp_path))[0].problems == []


def test_another_avoidance_list_than_the_frozen_one_is_refused() -> None:
    other = {"salt": example.SALT, "pairs": []}
    with pytest.raises(ManifestProblem, match="回避"):
        replace_task(DRAWN, avoid=other).inspectors(RESULT)
    assert recusals.commitment("x", []) == ""
    assert recusals.commitment("x", [("A", "P")]) != recusals.commitment("y", [("A", "P")])


def test_an_impossible_pairing_is_proved_and_published(tmp_path: Any) -> None:
    people = [replace(p, items=frozenset({"SC-012"})) for p in example.inspectors()]
    rows = [replace_row(row) for row in example.subjects()]
    stuck = example.task(people=people, rows=rows)
    paired = stuck.inspectors(stuck.objects())
    witness = paired["infeasible"]
    assert witness["teams"] == []
    assert witness["stuck"] in witness["units"]
    assert witness["places"] == 0
    assert paired["pairs"] == []
    assert verify.verify(publish(stuck, tmp_path))[0].problems == []


def replace_row(row: frame.Row) -> frame.Row:
    return row._replace(flags="item=SC-099")


def test_a_manifest_without_assignment_draws_no_inspectors() -> None:
    bare = example.task(teams=0)
    with pytest.raises(ManifestProblem, match="不抽取检查人员"):
        bare.inspectors(bare.objects())


def test_only_registered_inspectors_may_inspect() -> None:
    execution.require_registered(frame.Lines(DRAWN.pool), ["P001"])
    with pytest.raises(OutsideRegistry, match="P999") as refused:
        execution.require_registered(frame.Lines(DRAWN.pool), ["P001", "P999"])
    assert refused.value.grave
