"""A clone builds behind any mirror, in any folder: no index and no machine in a tracked file."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tracked_files", ROOT / ".ci/tracked_files.py")
    assert spec
    assert spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK = check()


def test_this_repository_is_clean() -> None:
    findings = [str(f) for file in CHECK.tracked(ROOT) for f in CHECK.in_file(ROOT, file)]
    assert findings == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--index" + "-url https://mirror.example/simple", "index option"),
        ("--find" + "-links /wheels", "index option"),
        ("flask @ https://files.python" + "hosted.org/f.whl", "address of a package index"),
        ('"resolved"' + ': "x"', "`resolved` in a lock"),
        ("open('/wo" + "rk/main/x')", "path of one machine"),
        ("cd /home/" + "li/ssj", "path of one machine"),
    ],
)
def test_an_address_or_a_machine_is_found_with_its_line(line: str, message: str) -> None:
    (finding, *_) = CHECK.in_text("f.txt", f"harmless\n{line}\n")
    assert (finding.file, finding.line) == ("f.txt", 2)
    assert finding.message.startswith(message)


@pytest.mark.parametrize("line", ["/public/board", "https://example.org/work/7", "see /tasks"])
def test_addresses_of_the_product_are_no_finding(line: str) -> None:
    assert list(CHECK.in_text("f.txt", line)) == []


def test_a_requirement_without_a_hash_is_found() -> None:
    pinned = "lark==1.3.1 \\\n    --hash=sha256:ab\n"
    findings = list(CHECK.in_requirements("requirements/app.txt", pinned + "click==8.5.1\n"))
    assert [finding.message for finding in findings] == ["requirement without a hash"]


def test_a_locked_package_without_an_integrity_hash_is_found() -> None:
    lock = '{"packages": {"": {}, "node_modules/a": {"integrity": "x"}, "node_modules/b": {}}}'
    (finding,) = CHECK.in_package_lock("package-lock.json", lock)
    assert finding.message == "node_modules/b has no integrity hash"
