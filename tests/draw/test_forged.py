"""A forger who repairs every digest gains nothing: by what is held back, left out, added or huge.

Each case was accepted, crashed or ran for ever once. Evidence of an open draw, unless said.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from engine import history
from engine.draw import evidence, frame, tickets, verify
from engine.draw.manifest import Mode
from engine.draw.refusals import ManifestProblem, TeamsShort
from tests.draw import example
from tests.draw.test_evidence import arguments, found, publish

SALTED = "a" * 64
PARTIES = ("市监局", "司法局", "公证处")
SEALED = example.task(mode=Mode.SEALED, parties=PARTIES)
KEY = SEALED.objects()["key"]
CHANGES = {"since": "CY-2026-RW-0001", "frame": "1" * 64, "added": [], "removed": [], "changed": []}
Change = Callable[[Any], None]


def sealed(folder: Path, **extra: Any) -> Path:
    """Publish an opened sealed draw whose lists are held back."""
    path = publish(SEALED, folder, confidential=True, last_visit_ended=True, **extra)
    (folder / "list.txt").unlink()
    (folder / "pool.txt").unlink()
    return path


def forge(path: Path, change: Change) -> set[str]:
    """Alter published evidence, repair all its digests; what the verifier names."""
    document = json.loads(path.read_bytes())
    del document["digests"]
    change(document)
    document["digests"] = evidence.digests(document)
    path.write_bytes(evidence.encode(document))
    return {problem.where for problem in found(path)}


def put(*path: Any, to: Any) -> Change:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


def won(choose: Callable[[list[str]], list[str]]) -> Change:
    """Name other winners, with everything that follows from them."""

    def change(document: Any) -> None:
        result, manifest = document["result"], document["manifest"]
        result["winners"] = named = choose(result["winners"])
        result["digest"] = verify.lines_digest(named)
        last = {line.split("|")[0]: line.split("|")[1] for line in named}
        result["strata"] = [
            {"s": e["s"], "k": e["k"], "threshold": last.get(e["s"])} for e in manifest["strata"]
        ]

    return change


def own_line(stratum: str, unit: str) -> str:
    return f"{stratum}|{tickets.ticket(KEY, unit)}|{unit}"


# ---------------------------------------------------------------- held back


def test_an_open_draw_cannot_call_its_lists_confidential(tmp_path: Path) -> None:
    path = publish(example.task(), tmp_path)

    def hide(document: Any) -> None:
        for name in ("list", "pool"):
            document["files"][name] |= {"confidential": True, "blocks": []}
            (tmp_path / f"{name}.txt").unlink()

    wrong = {"/files/list/confidential", "/files/pool/confidential"}
    assert forge(path, hide) == wrong
    assert verify.main([str(path)]) == 1
    with pytest.raises(ManifestProblem, match="公开抽取的名单须公开"):
        publish(example.task(), tmp_path, confidential=True)


def test_a_sealed_draw_without_its_lists_fits_but_is_not_said_to_be_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sealed(tmp_path)
    assert verify.main([str(path)]) == 3
    said = capsys.readouterr().out
    assert "全部相符" not in said
    assert "Everything fits" not in said
    assert "未核对  list.txt 不公开" in said
    assert "独立审计" in said
    assert verify.main([str(path), "--json"]) == 3
    assert len(json.loads(capsys.readouterr().out)["unchecked"]) == 2


@pytest.mark.parametrize(
    "choose",
    [
        lambda lines: lines[1:],
        lambda lines: [lines[0]] * len(lines),
        lambda _: [],
        lambda lines: [*lines[::-1]],
        lambda lines: [own_line("E", "X"), *lines[1:]],
        lambda lines: [f"A|{SALTED}|X", *lines[1:]],
        lambda lines: [*lines[:-1], own_line("A", "X")],
    ],
    ids=["fewer", "one many times", "nobody", "turned round", "no stratum", "ticket", "moved"],
)
def test_without_the_list_number_order_strata_and_tickets_of_winners_are_checked(
    tmp_path: Path, choose: Callable[[list[str]], list[str]]
) -> None:
    named = forge(sealed(tmp_path), won(choose))
    assert any(where.startswith("/result/winners") for where in named), named


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d["matching"]["teams"].pop(), "/matching/teams"),
        (lambda d: d["matching"]["teams"].reverse(), "/matching/teams"),
        (lambda d: d["matching"]["teams"][0]["members"].reverse(), "/matching/teams/0/leader"),
        (put("matching", "teams", 0, "leader", to="P999"), "/matching/teams/0/leader"),
        (put("matching", "teams", 0, "members", to=["P001"]), "/matching/teams"),
        (put("matching", "pairs", to=[]), "/matching/pairs"),
        (put("matching", "quotas", 0, to=15), "/matching/quotas"),
        (put("matching", "teams", 0, "items", to=["SC-012"] * 2), "/matching/teams/0/items"),
        (put("files", "list", "blocks", to=[SALTED]), "/files/list/blocks"),
        (put("files", "list", "lines_per_block", to=2), "/files/list/lines_per_block"),
        (put("files", "pool", "rows", to=31), "/files/pool/rows"),
        (put("files", "list", "sha256", to=SALTED), "/manifest/frame"),
        (put("files", "pool", "sha256", to=SALTED), "/manifest/assignment/pool/file"),
    ],
)
def test_without_the_pool_teams_and_pairs_are_checked(
    tmp_path: Path, change: Change, where: str
) -> None:
    path = sealed(tmp_path)
    if where.endswith("blocks"):
        (tmp_path / "list.txt").write_bytes(SEALED.listing)
    assert where in forge(path, change)


def test_a_team_swapped_with_another_is_out_of_order_without_the_pool(tmp_path: Path) -> None:
    def swap(document: Any) -> None:
        one, two = document["matching"]["teams"][:2]
        one["members"], two["members"] = two["members"], one["members"]
        one["leader"], two["leader"] = two["leader"], one["leader"]

    assert "/matching/teams" in forge(sealed(tmp_path), swap)


def test_changes_of_a_list_held_back_are_checked_by_their_digest(tmp_path: Path) -> None:
    changes = evidence.encode(CHANGES)
    path = sealed(tmp_path, changes=changes)
    (tmp_path / "changes.json").write_bytes(changes)
    assert found(path) == []
    (tmp_path / "changes.json").write_bytes(changes.replace(b"RW-0001", b"RW-0002"))
    assert [each.where for each in found(path)] == ["changes.json"]


# ---------------------------------------------------------------- promises


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_promise_opens_in_one_way_only(tmp_path: Path, cut: int) -> None:
    """salt and value that hold a bar give one hash and several values to choose from later."""
    task = example.task(teams=0)
    path = publish(task, tmp_path)
    parts = [letter * 64 for letter in "abcd"]

    def reopen(document: Any) -> None:
        promise, opened = document["manifest"]["reveal_commits"][0], document["reveals"][0]
        text = "|".join(["ssyg/commit/v1", promise["party"], *parts])
        promise["commit"] = sha256(text.encode()).hexdigest()
        opened |= {"salt": "|".join(parts[:cut]), "value": "|".join(parts[cut:])}

    named = forge(path, reopen)
    assert named & {"/reveals/0/salt", "/reveals/0/value"}


@pytest.mark.parametrize("party", ["公证处|x", "公证:处", ""])
def test_a_party_whose_name_joins_two_texts_is_found(tmp_path: Path, party: str) -> None:
    path = publish(example.task(teams=0), tmp_path)
    change = put("manifest", "reveal_commits", 0, "party", to=party)
    assert "/manifest/reveal_commits/0/party" in forge(path, change)


def test_a_party_opens_and_promises_once(tmp_path: Path) -> None:
    path = publish(example.task(teams=0), tmp_path)

    def twice(document: Any) -> None:
        for entries in (document["reveals"], document["manifest"]["reveal_commits"]):
            entries.append(entries[0])

    assert {"/reveals", "/manifest/reveal_commits"} <= forge(path, twice)


# ---------------------------------------------------------------- left out, added


def test_a_pairing_that_the_manifest_asks_for_cannot_be_left_out(tmp_path: Path) -> None:
    path = publish(example.task(), tmp_path)
    assert forge(path, put("matching", to=None)) == {"/matching"}

    def and_the_pool(document: Any) -> None:
        document["matching"] = None
        document["files"].pop("pool", None)

    assert "/files/pool" in forge(path, and_the_pool)


def test_no_pairing_is_in_order_where_the_pool_cannot_fill_the_teams(tmp_path: Path) -> None:
    task = example.task(people=example.inspectors(6), teams=4)
    result = task.objects()
    with pytest.raises(TeamsShort):
        task.inspectors(result)
    document = evidence.build(
        task.manifest.document(), result, **arguments(task), pool=frame.Lines(task.pool)
    )
    for name, content in (
        ("list.txt", task.listing),
        ("pool.txt", task.pool),
        ("evidence.json", evidence.encode(document)),
    ):
        (tmp_path / name).write_bytes(content)
    assert verify.main([str(tmp_path / "evidence.json")]) == 0


def test_a_pairing_that_the_manifest_does_not_ask_for_is_found(tmp_path: Path) -> None:
    paired = json.loads(publish(example.task(), tmp_path / "other").read_bytes())
    path = publish(example.task(teams=0), tmp_path / "this")

    def add(document: Any) -> None:
        document["matching"] = paired["matching"]
        document["files"]["pool"] = paired["files"]["pool"]

    assert {"/matching", "/files/pool"} <= forge(path, add)


UNIT = "91220104MA99999999"
EARLIER = {"values": ["dice:X=1"], "entered_by": ["a", "b"], "recorded_at": example.AT}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (put("official_remark", to="x"), "/official_remark"),
        (put("result", "really_visited", to=["x"]), "/result/really_visited"),
        (put("manifest", "strata", 0, "x", to=1), "/manifest/strata/0/x"),
        (put("beacon", "x", to=1), "/beacon/x"),
        (put("files", "list", "x", to=1), "/files/list/x"),
        (put("files", "other", to={}), "/files/other"),
        (put("note", to="x"), "/note"),
        (put("result", "v", to=2), "/result/v"),
        (put("matching", "v", to=True), "/matching/v"),
        (put("manifest", "alg", to="md5"), "/manifest/alg"),
        (put("campaign", to=["x"]), "/campaign/0"),
        (put("campaign", to=[SALTED]), "/campaign"),
        (put("beacon", "earlier", to=["x"]), "/beacon/earlier/0"),
        (put("beacon", "earlier", to=[EARLIER]), "/beacon/earlier/0/values/0"),
        (put("beacon", "entered_by", to=["a", "b", "b"]), "/beacon/entered_by"),
        (
            put("matching", "visits", UNIT, to={"items": [], "barred": ["T0001"]}),
            f"/matching/visits/{UNIT}",
        ),
        (lambda d: d["result"].pop("options"), "/result/options"),
        (lambda d: d["manifest"].pop("supersedes"), "/manifest/supersedes"),
        (put("manifest", "replaces", to={"manifest": SALTED, "lost": []}), "/manifest/replaces"),
    ],
)
def test_every_document_has_its_fields_and_no_others(
    tmp_path: Path, change: Change, where: str
) -> None:
    assert where in forge(publish(example.task(), tmp_path), change)


def test_a_visit_without_an_exception_is_no_exception(tmp_path: Path) -> None:
    path = publish(example.task(), tmp_path)
    document = json.loads(path.read_bytes())
    visits = document["matching"]["visits"]
    won = (line.rpartition("|")[2] for line in document["result"]["winners"])
    plain = next(unit for unit in won if unit not in visits)
    change = put("matching", "visits", plain, to={"items": ["SC-012"], "barred": []})
    assert forge(path, change) == {f"/matching/visits/{plain}"}


# ---------------------------------------------------------------- huge, deep


@pytest.mark.parametrize("repaired", [True, False])
@pytest.mark.parametrize(
    ("change", "where"),
    [
        (put("manifest", "beacon_rule", 0, "count", to=10**10), "/manifest/beacon_rule/0/count"),
        (put("manifest", "strata", 0, "ratio", to=[10**9, 1]), "/manifest/strata/0/ratio"),
        (put("manifest", "strata", 0, "ratio", to=[1, 0]), "/manifest/strata/0/ratio"),
        (put("manifest", "strata", 0, "N", to=10**10), "/manifest/strata/0/N"),
        (put("manifest", "strata", 0, "k", to=-(10**9)), "/manifest/strata/0/k"),
        (put("manifest", "assignment", "teams", to=10**10), "/manifest/assignment/teams"),
        (put("manifest", "bounds", "high", to=[1, 10**9]), "/manifest/bounds"),
        (put("files", "list", "lines_per_block", to=0), "/files/list/lines_per_block"),
        (put("beacon", "stalled", to=["x"] * 1001), "/beacon/stalled"),
    ],
)
def test_no_number_is_computed_with_before_it_is_bounded(
    tmp_path: Path, change: Change, where: str, repaired: bool
) -> None:
    path = publish(example.task(), tmp_path)
    if repaired:
        assert where in forge(path, change)
        return
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(evidence.encode(document))
    report, _ = verify.verify(path)
    assert all(problem.where.startswith(where) for problem in report.problems)
    assert report.stopped


def test_an_altered_list_ends_the_check(tmp_path: Path) -> None:
    path = publish(example.task(), tmp_path)
    (tmp_path / "list.txt").write_bytes(b"U|A||\n" * 50)
    report, _ = verify.verify(path)
    assert report.stopped
    assert all(problem.where.startswith("list.txt") for problem in report.problems)


NESTED = {
    "open": b"[" * 200_000,
    "lists": b"[" * 200_000 + b"]" * 200_000,
    "objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "a few hundred": b'{"a":' * 500 + b"1" + b"}" * 500,
}


@pytest.mark.parametrize("content", NESTED.values(), ids=list(NESTED))
def test_what_is_nested_too_deep_is_a_sentence(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evidence.json"
    path.write_bytes(content)
    assert verify.main([str(path)]) == 2
    assert "嵌套超过 32 层" in capsys.readouterr().err


def test_a_file_beside_that_is_nested_too_deep_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = publish(example.task(), tmp_path)
    (tmp_path / "changes.json").write_bytes(b"[" * 200_000)
    assert verify.main([str(path)]) == 2
    assert "changes.json" in capsys.readouterr().err


def test_a_receipt_has_its_fields_and_does_not_claim_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = example.task()
    path = tmp_path / "receipt.json"
    document = evidence.receipt(
        task.manifest.document(), task.objects(), "91220104MA00000000", **arguments(task)
    )
    path.write_bytes(evidence.encode(document))
    assert verify.main([str(path)]) == 0
    said = capsys.readouterr().out
    assert "全部相符" not in said
    assert "门槛须凭完整名单核对" in said
    assert "/proof/codes" in forge(path, put("proof", "codes", to=["停业"]))
    assert "/remark" in forge(path, put("remark", to="x"))


def test_a_campaign_names_each_manifest_once(tmp_path: Path) -> None:
    task = example.task(teams=0, campaign="CY-2026-LH-0001")
    ours = history.address(task.manifest.canonical())
    document = evidence.build(
        task.manifest.document(),
        task.objects(campaign=[ours]),
        **arguments(task),
        campaign=[ours],
    )
    (tmp_path / "list.txt").write_bytes(task.listing)
    path = tmp_path / "evidence.json"
    path.write_bytes(evidence.encode(document))
    assert found(path) == []
    assert "/campaign" in forge(path, put("campaign", to=[ours, ours]))
