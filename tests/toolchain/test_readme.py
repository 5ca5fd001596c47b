"""The READMEs say what is true: their commands parse, their files exist, their draw verifies."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import MapAdapter

from engine.cli import group
from engine.demo.people import PASSWORD, everybody
from engine.draw import verify
from engine.payloads import KINDS
from engine.registry import synthetic
from rules import organisation, pack
from tests.draw import example
from tests.draw.test_evidence import publish
from web import app, auth, display, health

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
ROOMS = ("engine/README.md", "web/README.md")
PACKS = ROOT / "rules" / "packs"
SSJ = ".venv/bin/ssj"
FILES = frozenset({".bpmn", ".csv", ".json", ".zip"})

# What the commands of the READMEs write or are given; all else must be in the repository.
OFFICE_FILES = frozenset({"evidence.json", "list.txt", "pool.txt", "verify.py", "ssj.toml"})
WRITTEN = ("var/", "files/", "evidence/")


def text(readme: str) -> str:
    return (ROOT / readme).read_text("utf-8")


def blocks(readme: str, language: str = "sh") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text(readme), re.DOTALL | re.MULTILINE)


def quoted(*readmes: str) -> Iterator[str]:
    """Yield what stands between backticks in the prose."""
    for readme in readmes:
        prose = re.sub(r"^```.*?^```$", "", text(readme), flags=re.DOTALL | re.MULTILINE)
        yield from re.findall(r"`([^`\n]+)`", prose)


def lines() -> list[list[str]]:
    """Return every command of the README, as words."""
    return [shlex.split(line) for block in blocks(ENGLISH) for line in block.splitlines()]


def of(program: str) -> list[list[str]]:
    return [words[1:] for words in lines() if words[0] == program]


def test_both_languages_show_the_same_commands() -> None:
    assert blocks(ENGLISH) == blocks(CHINESE)


def test_both_languages_speak_of_the_same_things() -> None:
    paths = [set(re.findall(r"\]\(([^)]+)\)", text(readme))) for readme in (ENGLISH, CHINESE)]
    assert paths[0] - {CHINESE} == paths[1] - {ENGLISH}
    named = [set(re.findall(r"`([\x21-\x7e]+)`", text(name))) for name in (ENGLISH, CHINESE)]
    assert named[0] == named[1]


def test_every_program_of_a_command_is_known_to_this_test() -> None:
    known = {"make", SSJ, "python3", "printf", "sudo", "export"}
    assert {words[0] for words in lines()} <= known


# ---------------------------------------------------------------- make


@pytest.mark.parametrize("words", of("make"), ids=" ".join)
def test_a_make_target_exists_and_reads_the_variables_it_is_given(words: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    scripts = makefile + (ROOT / ".ci" / "demo").read_text("utf-8")
    for word in words:
        name, given, _ = word.partition("=")
        if given:
            assert re.search(rf"\$[({{]?{name}\b", scripts), name
        else:
            assert re.search(rf"^{name}:.*## ", makefile, re.MULTILINE), name


def test_the_packages_a_machine_needs_are_those_the_makefile_names() -> None:
    (asked,) = of("sudo")
    makefile = (ROOT / "Makefile").read_text("utf-8").splitlines()
    opening = " ".join(makefile[:3])
    for package in asked[asked.index("install") + 1 :]:
        assert re.search(rf"\b{re.escape(package)}\b", opening), package


# ---------------------------------------------------------------- ssj


def test_the_root_help_names_every_verb_and_every_verb_has_help() -> None:
    shown = CliRunner().invoke(group, ["--help"])
    assert shown.exit_code == 0
    for name, verb in group.commands.items():
        assert name in shown.output
        parts = [[name]]
        if isinstance(verb, click.Group):
            parts += [[name, part] for part in verb.commands]
        for words in parts:
            helped = CliRunner().invoke(group, [*words, "--help"])
            assert helped.exit_code == 0, words


@pytest.mark.parametrize("words", of(SSJ), ids=" ".join)
def test_a_command_of_ssj_takes_the_options_it_is_shown_with(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for word in words:  # a command may ask that its files or folders exist
        place = tmp_path / word
        if place.suffix in FILES:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        elif not word.startswith(("-", "/")):
            place.mkdir(parents=True, exist_ok=True)
    _parse(group, words, None)


def _parse(command: click.Command, words: list[str], parent: click.Context | None) -> None:
    context = command.make_context(command.name, list(words), parent=parent)
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        if not rest and command.invoke_without_command:
            return  # a verb of its own, with others below it
        _name, found, left = command.resolve_command(context, rest)
        assert found is not None, words
        _parse(found, left, context)


@pytest.mark.parametrize(
    "words",
    [words for words in of(SSJ) if words[:1] == ["rules"] and len(words) == 3],
    ids=" ".join,
)
def test_a_pack_or_an_option_of_ssj_rules_exists(words: list[str]) -> None:
    assert words[2].startswith("-") or words[2] in pack.jurisdictions(PACKS)


def test_every_verb_an_office_needs_is_shown() -> None:
    shown = {words[0] for words in of(SSJ)} | {
        words[1]
        for words in map(shlex.split, quoted(ENGLISH))
        if words[:1] == ["ssj"] and words[1:]
    }
    assert {*group.commands} - shown == {"config"}  # written with its path, in prose
    assert f"`{SSJ} config`" in text(ENGLISH)


# ---------------------------------------------------------------- names


def test_every_setting_is_in_the_readme_and_every_one_in_the_readme_is_read() -> None:
    sources = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "web").glob("*.py")]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    read = set(re.findall(r"\"(SSJ_[A-Z_]+)\"", code))
    read |= {f"SSJ_{name}" for name in re.findall(r"setting\(\"([A-Z_]+)\"", code)}
    assert read == {name for name in quoted(ENGLISH) if re.fullmatch(r"SSJ_[A-Z_]+", name)}


@pytest.mark.parametrize("readme", [ENGLISH, CHINESE, *ROOMS])
def test_every_linked_or_named_path_exists(readme: str) -> None:
    here = (ROOT / readme).parent
    links = re.findall(r"\]\(([^)#:]+)\)", text(readme))
    named = [
        word
        for word in quoted(readme)
        if re.fullmatch(r"[\w.-]*(/[\w.-]+)*/?", word)
        and re.search(r"/|\.(py|md|json|toml|txt)$", word)
        and word not in OFFICE_FILES
        and not word.startswith(("/", *WRITTEN))
    ]
    missing = [
        word
        for word in (*links, *named)
        if not any((base / word).exists() for base in (here, ROOT))
    ]
    assert missing == []


def _addresses() -> MapAdapter:
    """Return the product's addresses, without a database behind them."""
    bare = Flask("addresses")
    for blueprint in (*app.BLUEPRINTS, auth.auth, display.display, health.health):
        bare.register_blueprint(blueprint)
    return bare.url_map.bind("localhost")


def test_every_address_is_a_page_of_the_product() -> None:
    known = _addresses()
    named = {word for word in quoted(ENGLISH, CHINESE) if word.startswith("/")}
    assert named
    for address in named:
        try:
            known.match(address)
        except MethodNotAllowed:
            pytest.fail(f"{address} is no page")


def test_every_login_is_one_of_the_demonstration() -> None:
    logins = set()
    for place in pack.jurisdictions(PACKS):
        stored = (PACKS / place / "organisation.toml").read_bytes()
        seats = synthetic.seats_of(organisation.load(stored, place))
        logins |= {person.login for person in everybody(place, seats)}
    named = {word for word in quoted(ENGLISH, CHINESE) if re.fullmatch(r"(cy|pj)-[\w-]+\w", word)}
    assert len(named) >= 3
    assert named <= logins
    assert all(f"`{PASSWORD}`" in text(readme) for readme in (ENGLISH, CHINESE))


# ---------------------------------------------------------------- the draw


def test_the_block_that_verifies_a_draw_works_on_real_evidence(tmp_path: Path) -> None:
    task = example.task()
    publish(task, tmp_path)
    (tmp_path / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
    result = json.loads((tmp_path / "evidence.json").read_bytes())["result"]
    _stratum, ticket, unit = result["winners"][0].split("|")
    (block,) = [one for one in blocks(ENGLISH) if "verify.py" in one]
    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONUTF8": "1",
            "M": task.manifest.hash,
            "KEY": result["key"],
            "ID": unit,
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("Everything fits.") == 2
    assert told.stdout.splitlines()[-1].split()[0] == ticket


# ---------------------------------------------------------------- the ideas of the engine


def test_the_layers_of_the_engine_are_those_of_the_import_contracts() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one.get("containers") == ["engine"]]
    (shown,) = blocks("engine/README.md", "layers")
    assert shown.splitlines() == layers


def test_every_kind_of_event_is_told() -> None:
    assert set(KINDS) <= set(quoted("engine/README.md"))
