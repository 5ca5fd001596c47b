"""Whatever the project uses is something that `make setup` or `make test` installs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from tests.toolchain.chromium import EXECUTABLE
from tests.toolchain.postgres import BINARIES

ROOT = Path(__file__).parents[2]
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
OWN = frozenset({"rules", "engine", "web", "tests", "workflows"})
# On every Debian that can clone and run `make`: named in the README, or essential.
ASSUMED = frozenset({"python3", "make", "git", "bash", "util-linux", "coreutils", "findutils"})

# Libraries without which Debian has no apt.
PRESENT = frozenset({"libc6", "libgcc-s1", "libstdc++6"})


def system_packages() -> set[str]:
    script = (ROOT / ".ci/system-packages").read_text()
    (listed,) = re.findall(r"^packages=\(([^)]*)\)", script, re.MULTILINE)
    return set(listed.split())


def owner(path: str) -> str:
    real = str(Path(path).resolve())
    for candidate in (path, real, real.removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", candidate], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.partition(":")[0]
    return f"nobody ({path})"


@pytest.mark.parametrize("path", [str(BINARIES / "postgres"), str(BINARIES / "initdb"), EXECUTABLE])
def test_the_programs_the_tests_start_come_from_a_listed_debian_package(path: str) -> None:
    assert owner(path) in system_packages()


def test_chinese_text_in_screenshots_has_a_font_of_a_listed_package() -> None:
    assert owner(FONT) in system_packages()


def linked(program: Path) -> set[str]:
    """Return the shared libraries of a program; the loader itself and the kernel's are left out."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return {line.split()[2] for line in lines.splitlines() if "=>" in line}


def test_the_driver_of_the_browser_is_linked_to_libraries_that_are_there() -> None:
    driver = Path(compute_driver_executable()[0])
    owners = {owner(library) for library in linked(driver)}
    assert owners - system_packages() <= PRESENT


@pytest.mark.parametrize("program", ["setpriv", "git", "make", "bash"])
def test_the_programs_taken_for_granted_are_among_those_the_readme_asks_for(program: str) -> None:
    found = subprocess.run(["which", program], capture_output=True, text=True, check=True)
    assert owner(found.stdout.strip()) in ASSUMED


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (top-level module, file) of every absolute import below a folder."""
    for file in sorted(folder.rglob("*.py")):
        if "node_modules" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            yield from ((name.partition(".")[0], str(file.relative_to(ROOT))) for name in names)


def pinned(*sets: str) -> set[str]:
    texts = [(ROOT / f"requirements/{name}.txt").read_text() for name in sets]
    lines = [line for text in texts for line in text.splitlines()]
    return {line.partition("==")[0].strip().lower() for line in lines if "==" in line}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(
    ("folder", "sets"),
    [
        ("rules", ("app",)),
        ("engine", ("app",)),
        ("web", ("app", "build")),  # the bundles' build.py runs at set-up
        ("tests", ("app", "build", "dev")),
    ],
)
def test_every_import_is_of_a_pinned_package(folder: str, sets: tuple[str, ...]) -> None:
    distributions = packages_distributions()
    available = {normal(re.sub(r"\[.*", "", name)) for name in pinned(*sets)}
    strangers = {
        (module, file)
        for module, file in imported(ROOT / folder)
        if module not in OWN
        and module not in sys.stdlib_module_names
        and not available & {normal(name) for name in distributions.get(module, [])}
    }
    assert strangers == set()


@pytest.mark.parametrize("name", ["app", "build", "dev"])
def test_every_wanted_package_is_pinned(name: str) -> None:
    text = (ROOT / f"requirements/{name}.in").read_text()
    wanted = re.findall(r"^([A-Za-z][\w.-]*)", text, re.MULTILINE)
    available = {normal(re.sub(r"\[.*", "", pin)) for pin in pinned(name)}
    assert {normal(package) for package in wanted} <= available
