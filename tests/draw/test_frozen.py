"""Whole draws frozen as numbers: if one of these changes, an old draw no longer audits clean."""

from hashlib import sha256
from pathlib import Path

from engine.draw import matching
from engine.draw.manifest import Manifest, Mode
from tests.draw import example
from tests.draw.test_docket import TASK, replacing

MANIFEST_FILE = Path(__file__).parent / "vectors" / "manifest.json"
OPEN = {
    "M": "b6d8b46ae2e1753aab80ff880257d13e99777d3a0bd53edf8df38bbc8c176782",
    "key": "772e4b74152391bab373fe7a7fc7d44606284e1c466b74fc65b98d01b36cde51",
    "drawn": "15defe636214c58be949abb1d0efd979ad330f59410840d72c4e78917df7c932",
    "paired": "e53695af6eaeead769885c6e1d850626cae879e822af7d78015eccf63f261aea",
}
SM3 = {
    "M": "ba723d0673c897595198420fa6f8e8f3cdc3be6da787c3a662bc56f7f965e6ca",
    "key": "e25313d9379e282d00b05b23455750a7e42b11e12b384196452c52758cb61b3c",
    "drawn": "49399ed7bdd9e690554ac9f0a2e918bbb46c467b601980f42920fe71dc3d9700",
    "paired": "70890a1b2931f0f46b5533eb965617cad3c8b306e9ad8a576dd6a195f6bd5a85",
}
SEALED = {
    "M": "0da6d818d00c259594159ecbacfbd4a2992a0b91f626caf6f54143e9ab9a2d7b",
    "key": "b4928d8e6f2e7e72d1eac1024849750c8eab16371c17465bbae78482a160f641",
    "drawn": "932efbb7c3a6dc8d2529e9a0c9a84b41dbb4f4a9ad838af7373cbcd851e5b794",
    "paired": "86e995e6d14091f1c38dc95ad52be117155a344fcf6e8a8568fc189c625fc1f1",
}
REPLACEMENT = {
    "M": "6a08b0941f8285062b1a5f9ec32c678df6225349d33f79b39759582095b380d7",
    "key": "115c741c0be71c3ffaba9605f9abb8b9e51e3543b30c37f3fea0e4ba9f91ba98",
    "drawn": "9c3c011e1d2974b5ff4ff327ccbe54f044a1551aad44564b6dd1012f55e83f1a",
}
REPAIRED = (
    (2, 2, 3),
    ["A1|T0000", "A2|T0001", "A3|T0000", "A4|T0002", "A5|T0001", "A6|T0002", "A7|T0002"],
)


def outcome(task: example.Task) -> dict[str, str]:
    result = task.objects()
    found = {"M": task.manifest.hash, "key": result["key"], "drawn": result["digest"]}
    if task.manifest.assignment:
        found["paired"] = task.inspectors(result)["digest"]
    return found


def test_a_complete_manifest_in_canonical_json() -> None:
    manifest = example.task().manifest
    content = MANIFEST_FILE.read_bytes().rstrip(b"\n")
    assert manifest.canonical() == content
    assert sha256(content).hexdigest() == manifest.hash == OPEN["M"]
    assert isinstance(manifest, Manifest)


def test_an_open_draw() -> None:
    assert outcome(example.task()) == OPEN


def test_the_same_draw_in_sm3() -> None:
    assert outcome(example.task(alg="sm3")) == SM3


def test_a_sealed_draw() -> None:
    parties = ("市监局", "司法局", "公证处")
    assert outcome(example.task(mode=Mode.SEALED, parties=parties)) == SEALED


def test_a_replacement_draw() -> None:
    manifest, lines = replacing()
    task = example.Task(
        manifest=manifest,
        listing=lines,
        reveals=TASK.reveals,
        random_value=example.thrown(manifest),
    )
    assert outcome(task) == REPLACEMENT


def test_a_pairing_with_a_repair() -> None:
    key = sha256(b"repair 3").hexdigest()
    names = ["T0000", "T0001", "T0002"]
    masks = {"A1": 1, "A2": 3, "A3": 3, "A4": 6, "A5": 2, "A6": 4, "A7": 7}
    paired = matching.pair(key, masks, names, matching.quotas(key, 7, names))
    assert isinstance(paired, matching.Matching)
    assert paired.repairs
    assert (paired.quotas, paired.lines(names)) == REPAIRED
