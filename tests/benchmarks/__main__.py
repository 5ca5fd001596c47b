"""Every benchmark in one run, and at the end one table of what was measured against its bar.

    python -m tests.benchmarks [--strict] [--only draw engine …]

Each module is a program of its own; what it prints is shown as it comes. With `--strict` a missed
bar, like a program that fails, ends the run non-zero.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("*_bench.py"))
SAID = re.compile(
    r"(?P<word>met|MISSED)\s+(?P<what>.*?)\s*(?P<value>[\d.]+) \(bar (?P<bar>[\d.]+)\)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    module: str
    what: str
    value: str
    bar: str
    is_met: bool


def run(module: str) -> tuple[list[Bar], bool]:
    """Run one module; returns its bars, and whether it came to its end."""
    print(f"\n· {module}", flush=True)
    bars = []
    command = [sys.executable, "-m", f"tests.benchmarks.{module}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        for line in program.stdout:
            print(f"  {line}", end="", flush=True)
            said = SAID.match(line)
            if said:
                bars.append(
                    Bar(
                        module=module.removesuffix("_bench"),
                        what=said["what"].rstrip(" =") or module,
                        value=said["value"],
                        bar=said["bar"],
                        is_met=said["word"] == "met",
                    )
                )
    return bars, program.returncode == 0 or any(not bar.is_met for bar in bars)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="a missed bar ends non-zero")
    parser.add_argument("--only", nargs="+", help="some modules: draw, engine, rules, setwise")
    asked = parser.parse_args()
    wanted = [f"{name}_bench" for name in asked.only] if asked.only else MODULES
    begun, bars, broken = perf_counter(), list[Bar](), list[str]()
    for module in wanted:
        found, ended = run(module)
        bars += found
        if not ended or not found:
            broken.append(module)
    print(f"\n{'module':10}{'what':44}{'ratio':>9}{'bar':>8}  ok")
    for bar in bars:
        print(
            f"{bar.module:10}{bar.what:44}{bar.value:>9}{bar.bar:>8}"
            f"  {'yes' if bar.is_met else 'NO'}"
        )
    for module in broken:
        print(f"{module:10}did not come to its end")
    print(f"{perf_counter() - begun:.0f} s")
    failed = bool(broken) or any(not bar.is_met for bar in bars)
    return 1 if failed and asked.strict else 0


if __name__ == "__main__":
    sys.exit(main())
