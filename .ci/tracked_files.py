"""Refuse what must never stand in a tracked file: addresses of package indexes, paths of a machine.

A clone has to build behind any mirror and in any folder, so locks carry hashes and no address.
Run from the top of a checkout: `python .ci/tracked_files.py`; one line per finding, exit status 1.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_BYTES = 600_000  # larger: generated, and then it is built or fetched, not tracked
GENERATED = re.compile(r"(^|/)(node_modules|__pycache__|static/dist)/|\.(pyc|mo|whl|tgz|db)$")
BINARY = frozenset({".png", ".jpg", ".gz", ".zip", ".xlsx", ".xls", ".woff2", ".pdf"})

# Written in pieces, so that this file passes its own check.
MACHINE_PATH = re.compile(r"(?<![\w./:-])/(?:work|farm|home/\w+|root|Users/\w+)/[\w.-]")
INDEX_OPTION = re.compile(
    r"--(?:extra-)?index" + r"-url\b|--find" + r"-links\b|\bPIP_FIND" + r"_LINKS\b"
)
INDEX_HOST = re.compile(
    r"https?://[^\s\"'<>]*(?:registry\.npm|npmmirror|files\.python" + r"hosted|pypi\.(?:org|tuna)"
    r"|/simple/|\.whl\b|\.tgz\b)"
)
RESOLVED = re.compile(r"\"resolved\"\s*:")
LINE_CHECKS = (
    (MACHINE_PATH, "path of one machine"),
    (INDEX_OPTION, "index option: it belongs in the machine's pip configuration"),
    (INDEX_HOST, "address of a package index"),
    (RESOLVED, "`resolved` in a lock: run `make lock`, web/frontend/.npmrc leaves it out"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


def tracked(root: Path) -> tuple[str, ...]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached"],  # noqa: S607 - git is found on PATH by design
        cwd=root,
        check=True,
        capture_output=True,
    )
    return tuple(sorted(name for name in listing.stdout.decode().split("\0") if name))


def in_text(file: str, text: str) -> Iterator[Finding]:
    """Yield a finding for each line of a tracked text that names an index or a machine."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, message in LINE_CHECKS:
            if pattern.search(line):
                yield Finding(file=file, line=number, message=message)


def in_requirements(file: str, text: str) -> Iterator[Finding]:
    """Yield a finding for each pinned line of a requirement list that carries no hash."""
    statements = text.replace("\\\n", " ").splitlines()
    for number, statement in enumerate(statements, start=1):
        if (
            statement.strip()
            and not statement.startswith("#")
            and "--hash=sha256:" not in statement
        ):
            yield Finding(file=file, line=number, message="requirement without a hash")


def in_package_lock(file: str, text: str) -> Iterator[Finding]:
    """Yield a finding for each locked package without an integrity hash."""
    for name, package in json.loads(text).get("packages", {}).items():
        if name and "integrity" not in package and not package.get("inBundle"):
            yield Finding(file=file, line=1, message=f"{name} has no integrity hash")


def in_file(root: Path, file: str) -> Iterator[Finding]:
    path = root / file
    if GENERATED.search(file):
        yield Finding(file=file, line=1, message="generated: not tracked")
    if not path.is_file():
        return
    if path.stat().st_size > MAX_BYTES:
        yield Finding(file=file, line=1, message=f"larger than {MAX_BYTES // 1000} kB")
    if path.suffix in BINARY:
        return
    text = path.read_text("utf-8", errors="replace")
    yield from in_text(file, text)
    if re.fullmatch(r"requirements/\w+\.txt", file):
        yield from in_requirements(file, text)
    if path.name == "package-lock.json":
        yield from in_package_lock(file, text)


def main(root: Path) -> int:
    findings = [finding for file in tracked(root) for finding in in_file(root, file)]
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
