"""The stand-alone verifier finds a forger who repairs every digest, rule by rule."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.draw import beacon, evidence, frame, verify
from engine.draw.manifest import Mode
from engine.draw.records import Entry, record
from engine.draw.sizes import Bounds, Tier
from engine.log import merkle
from tests.draw import example
from tests.draw.test_evidence import found, publish

FALLBACK = "1 2 3 4 5 6+7;1 2 3 4 5+1 2;6 5 4 3 2 1+16;31 32 33 34 35+11 12"


def fallen_back() -> example.Task:
    """The meeting did not take place; four lottery draws decide instead."""
    task = example.task(teams=0)
    task.random_value = record(
        task.manifest,
        Entry(person="p1", text=FALLBACK),
        Entry(person="p2", text=FALLBACK),
        at=example.LOTTERY.at,
        published="彩票公告",
        stalled=("停电，会议未举行",),
    )
    return task


def machine() -> example.Task:
    rounds = (beacon.balls("M1", faces=33, count=18, at=example.AT, by=example.BY),)
    return example.task(teams=0, rounds=rounds, parties=(), thrown_text="7 " * 18)


def forged(
    tmp_path: Path, task: example.Task, change: Callable[[Any], None], **extra: Any
) -> set[str]:
    """Alter published evidence, repair its digests, and return what the verifier names."""
    path = publish(task, tmp_path, **extra)
    document = json.loads(path.read_bytes())
    del document["digests"]
    change(document)
    document["digests"] = evidence.digests(document)
    path.write_bytes(evidence.encode(document))
    return {problem.where for problem in found(path)}


def put(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


def test_a_fallback_to_the_lottery_checks(tmp_path: Path) -> None:
    assert found(publish(fallen_back(), tmp_path)) == []


def test_a_ball_machine_checks(tmp_path: Path) -> None:
    assert found(publish(machine(), tmp_path)) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (put("beacon", "stalled", to=[]), "/beacon/stalled"),
        (put("beacon", "recorded_at", to="2026-07-01T02:00:00Z"), "/beacon/recorded_at"),
        (put("beacon", "entered_by", to=["p1", "p1"]), "/beacon/entered_by"),
        (put("beacon", "values", 0, to="ssq:2026076=01,02,03,04,05,34+07"), "/beacon/values/0"),
        (put("beacon", "values", 0, to="ssq:2026076=02,01,03,04,05,06+07"), "/beacon/values/0"),
        (put("beacon", "values", 0, to="ssq:2026076=01,02,03,04,05,06"), "/beacon/values/0"),
        (put("beacon", "values", 0, to="ssq:2026070=01,02,03,04,05,06+07"), "/beacon/values/0"),
        (put("beacon", "values", to=[]), "/beacon/values"),
        (put("beacon", "round", to=7), "/beacon"),
        (put("manifest", "cutoff", to="2026-07-09T00:00:00Z"), "/manifest/cutoff"),
        (put("manifest", "reveal_by", to="2026-07-09T00:00:00Z"), "/manifest/reveal_by"),
        (put("manifest", "beacon_rule", 1, "draws", to=["ssq:2026076"]), "/manifest/beacon_rule/1"),
        (
            put("manifest", "beacon_rule", 1, "draws", to=["ssq:2026076"] * 4),
            "/manifest/beacon_rule/1",
        ),
        (put("manifest", "beacon_rule", 0, "count", to=34), "/manifest/beacon_rule/0"),
        (put("manifest", "campaign", to="CY-2026-LH-0001"), "/campaign"),
        (put("manifest", "small_base", to=True), "/manifest/small_base"),
        (put("manifest", "mode", to="sealed"), "/manifest/reveal_commits"),
        (put("demo", to=True), "/demo"),
        (put("beacon", to=None), "/beacon"),
        (put("kind", to="ssyg/evidence/v2"), "/kind"),
        (put("files", "list", "rows", to=199), "list.txt"),
        (put("result", "winners", 0, to="A|0|X"), "/result/winners/0"),
        (put("result", "dropped", to=["公证处"]), "/result/dropped"),
        (put("result", "options", to={"time": []}), "/result/options"),
    ],
)
def test_each_rule_of_the_draw_is_checked(
    tmp_path: Path, change: Callable[[Any], None], where: str
) -> None:
    assert where in forged(tmp_path, fallen_back(), change)


@pytest.mark.parametrize("text", ["balls:M1=" + ",".join(["34"] * 18), "balls:M2=07", "balls:M1=7"])
def test_a_ball_that_is_not_in_the_machine_is_found(tmp_path: Path, text: str) -> None:
    assert "/beacon/values/0" in forged(tmp_path, machine(), put("beacon", "values", 0, to=text))


@pytest.mark.parametrize("text", ["dice:CY-2026-07-01=123", "dice:CY-2026-07-01=" + "7" * 35])
def test_a_throw_that_no_die_shows_is_found(tmp_path: Path, text: str) -> None:
    change = put("beacon", "values", 0, to=text)
    assert "/beacon/values/0" in forged(tmp_path, example.task(teams=0), change)


def test_the_places_of_every_kind_of_bound_are_recomputed(tmp_path: Path) -> None:
    fifth = Fraction(1, 5)
    rows = [frame.Row(f"U{number:03d}", "ABCDE"[number % 5]) for number in range(55)]
    tiers = [Tier(stratum=name, ratio=fifth) for name in "ABCDE"]
    floors = [Tier(stratum=name, ratio=fifth, floor=3) for name in "ABCDE"]
    cases: dict[str, dict[str, Any]] = {
        "taken back": {"tiers": tiers},
        "floors": {"tiers": floors},
        "key items": {"tiers": tiers, "bounds": Bounds(low=fifth)},
        "no bounds": {"tiers": tiers, "bounds": None},
    }
    for name, options in cases.items():
        task = example.task(rows=rows, teams=0, **options)
        assert found(publish(task, tmp_path / name)) == [], name


def test_a_sealed_draw_shows_all_its_secrets(tmp_path: Path) -> None:
    task = example.task(teams=0, mode=Mode.SEALED, parties=("市监局", "司法局", "公证处"))
    named = forged(tmp_path, task, lambda d: d["reveals"].pop(), last_visit_ended=True)
    assert "/reveals" in named


def test_a_draw_without_chance_is_found(tmp_path: Path) -> None:
    def remove(document: Any) -> None:
        document["manifest"]["beacon_rule"], document["beacon"] = [], None
        document["result"]["key"] = None

    assert "/beacon" in forged(tmp_path, example.task(teams=0), remove)


def test_too_few_inspectors_in_the_pool_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    change = put("manifest", "assignment", "teams", to=400)
    assert "/result" in forged(tmp_path, example.task(), change)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"a": 1.5}', "number"),
        (b'{"a": NaN}', "number"),
        (b'{"a": "\\ud800"}', "text"),
        (b'{"a": \xff}', "byte 6"),
        (b'{"a": }', "byte 6 (line 1)"),
        ('{"甲": }'.encode(), "byte 8 (line 1)"),
    ],
)
def test_bytes_that_are_not_evidence_are_located(
    tmp_path: Path, content: bytes, where: str
) -> None:
    path = tmp_path / "evidence.json"
    path.write_bytes(content)
    assert [problem.where for problem in found(path)] == [where]
    assert verify.main([str(path)]) == 1


def test_spaces_and_doubled_fields_do_not_hide(tmp_path: Path) -> None:
    path = publish(example.task(teams=0), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"demo": false', b'"demo":  false'))
    assert found(path)[0].where.startswith("byte ")
    path.write_bytes(content.replace(b' "demo"', b' "demo": true,\n "demo"', 1))
    assert found(path)[0].where.startswith("byte ")


def test_altered_evidence_is_named_whether_or_not_its_list_is_there(tmp_path: Path) -> None:
    path = publish(example.task(teams=0), tmp_path)
    (tmp_path / "list.txt").unlink()
    path.write_bytes(path.read_bytes().replace(b"list.txt", b"list.tyt"))
    assert [problem.where for problem in found(path)] == ["/files/list/name"]


@pytest.mark.parametrize(
    ("index", "path"), [(200, []), (0, []), (0, ["00" * 32] * 9), (5, ["00" * 32] * 8)]
)
def test_an_inclusion_path_of_the_wrong_shape_leads_nowhere(index: int, path: list[str]) -> None:
    assert verify.root_from_path("A1|0|", 0, 1, ["00" * 32]) is None
    leads = verify.root_from_path("A1|0|", index, 200, path)
    assert leads is None or leads != "0" * 64


def test_the_path_of_every_leaf_of_every_small_tree_leads_to_its_root() -> None:
    for size in range(1, 20):
        rows = [f"A{number}|0|" for number in range(size)]
        hashes = [merkle.leaf_hash(row.encode()) for row in rows]
        root = merkle.root_of_hashes(hashes).hex()
        for index, row in enumerate(rows):
            path = [step.hex() for step in merkle.inclusion_path(hashes, index)]
            assert verify.root_from_path(row, index, size, path) == root


def test_a_list_longer_than_the_room_for_candidates_draws_alike() -> None:
    rows = [frame.Row(f"U{number:05d}", "A") for number in range(6_000)]
    task = example.task(rows=rows, teams=0, tiers=[Tier(stratum="A", ratio=Fraction(3, 100))])
    result = task.objects()
    drawn = verify.winners(
        task.manifest.document(), result["key"], ((row.unit, row.stratum) for row in rows)
    )
    assert drawn == result["winners"]
