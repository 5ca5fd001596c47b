"""The language reference shows what the packs say, and what it adds runs."""

from __future__ import annotations

from pathlib import Path

from rules.language.examples import run_examples
from rules.language.parse import parse_text
from rules.pack import load, read, read_files
from rules.verdict import Verdict

ROOT = Path(__file__).parents[2] / "rules"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_rule_of_the_reference_stands_in_a_pack_or_runs_with_its_examples() -> None:
    law = read(ROOT / "packs", "panjin")
    shown = parse_text(README, "README.md", law.vocabulary)
    assert shown.problems == []
    packs = [
        block
        for path, content in law.files.items()
        if path.endswith(".md")
        for block in parse_text(content.decode(), path, law.vocabulary).blocks
    ]
    lines = README.split("\n")
    added = [
        "\n".join(lines[first - 1 : last])
        for block, (first, last) in zip(shown.blocks, shown.spans, strict=True)
        if block not in packs
    ]
    assert len(added) < len(shown.blocks) / 2
    files = read_files(ROOT / "packs", "panjin")
    files["panjin/示例.规则"] = "\n".join(added).encode()
    results, problems = run_examples(load(files, "panjin"))
    assert problems == ()
    own = [result for result in results if result.file == "panjin/示例.规则"]
    assert own
    assert all(result.passed for result in own)


def test_every_verdict_and_verb_is_documented() -> None:

    assert all(verdict.value in README for verdict in Verdict)
    for verb in ("check", "test", "fmt", "explain", "coverage", "diff", "backtest", "complete"):
        assert f"ssj rules {verb}" in README
