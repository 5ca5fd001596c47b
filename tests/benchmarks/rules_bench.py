"""How fast rules are judged, as ratios in one run: `python -m tests.benchmarks.rules_bench`.

One rule set with five outputs (cap, ratio, deadline, first ground of liability of eleven, four
exemptions) over 2,000 random records. Every engine is checked against the hand-written function
before it is timed. Bars: compiled three-valued ≥ 0.4 × hand-written and ≥ 3 × zen-engine's fastest
form, tracing ≥ 0.08 × hand-written. CPU seconds; ratios are medians over rounds of one run.

Beside it, without a bar: reading and checking a pack of 100 rules with their examples against
Python's own compile of a file of as many characters."""

from __future__ import annotations

import inspect
import random
import statistics
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import zen

from rules.language.check import check
from rules.language.compile import compile_nodes
from rules.language.core import Core
from rules.language.evaluate import truth
from rules.language.run import Run
from rules.language.types import Value
from rules.pack import Law, examine, load
from tests.rules.city import TODAY

GROUNDS = [f"行为的情形{i}" for i in range(1, 12)]
PLEAS = [f"免责的情形{i}" for i in range(1, 5)]
VOCABULARY = "\n".join(
    [
        "```规则",
        "枚举 等级 ：低、中、高",
        "枚举 类别 ：一般、重点",
        "枚举 公示种类 ：计划、名单、结果、处罚",
        "词 对象的重点 ：是否",
        "词 对象的风险 ：枚举 等级",
        "词 对象的信用 ：枚举 等级",
        "词 对象的次数 ：次数",
        "词 事项的类别 ：枚举 类别",
        "词 计划的比例 ：比例",
        "词 公示的涉密 ：是否",
        "词 检查的突击 ：是否",
        "词 检查的已结束 ：是否",
        "词 公示的种类 ：枚举 公示种类",
        "词 公示的用时 ：日",
        "词 对象的问题 ：是否",
        *(f"词 {path} ：是否" for path in (*GROUNDS, *PLEAS)),
        "```",
    ]
)
CONDITIONS = (
    "对象的重点 或 非 （ 对象的风险 为 低 且 对象的信用 为 高 ） 或 对象的次数 少于 2 次",
    "（ 事项的类别 为 一般 且 计划的比例 介于 3% 与 20% ） 或 "
    "（ 事项的类别 为 重点 且 计划的比例 不低于 20% ）",
    "公示的涉密 或 （ 检查的突击 且 非 检查的已结束 ） 或 "
    "（ 公示的种类 为 处罚 且 公示的用时 不超过 7 个日 ） 或 "
    "（ 公示的种类 不为 处罚 且 公示的用时 不超过 10 个日 ）",
    "任一：\n" + "\n".join(f"- {path}" for path in GROUNDS),
    "对象的问题 且 （ 任一：\n" + "\n".join(f"- {path}" for path in PLEAS) + " ）",
)
LOW, HIGH = Fraction(3, 100), Fraction(20, 100)
RATIOS = [Fraction(n, 100) for n in (1, 3, 10, 20, 25, 50)]


def record(seed: random.Random) -> dict[str, Value]:
    """Return one random record without unknowns."""
    values: dict[str, Value] = {
        "对象的重点": seed.random() < 0.2,
        "对象的风险": seed.choice("低中高"),
        "对象的信用": seed.choice("低中高"),
        "对象的次数": seed.randint(0, 4),
        "事项的类别": seed.choice(["一般", "重点"]),
        "计划的比例": seed.choice(RATIOS),
        "公示的涉密": seed.random() < 0.05,
        "检查的突击": seed.random() < 0.1,
        "检查的已结束": seed.random() < 0.5,
        "公示的种类": seed.choice(["计划", "名单", "结果", "处罚"]),
        "公示的用时": seed.randint(0, 14),
        "对象的问题": seed.random() < 0.6,
    }
    values |= {path: seed.random() < 0.08 for path in GROUNDS}
    return values | {path: seed.random() < 0.1 for path in PLEAS}


def by_hand(f: dict[str, Any]) -> tuple[bool, ...]:
    """Judge a record as a programmer would write it out, two-valued."""
    ratio = f["计划的比例"]
    kind = f["公示的种类"]
    return (
        f["对象的重点"]
        or not (f["对象的风险"] == "低" and f["对象的信用"] == "高")
        or f["对象的次数"] < 2,
        (f["事项的类别"] == "一般" and LOW <= ratio <= HIGH)
        or (f["事项的类别"] == "重点" and ratio >= HIGH),
        f["公示的涉密"]
        or (f["检查的突击"] and not f["检查的已结束"])
        or (kind == "处罚" and f["公示的用时"] <= 7)
        or (kind != "处罚" and f["公示的用时"] <= 10),
        f["行为的情形1"]
        or f["行为的情形2"]
        or f["行为的情形3"]
        or f["行为的情形4"]
        or f["行为的情形5"]
        or f["行为的情形6"]
        or f["行为的情形7"]
        or f["行为的情形8"]
        or f["行为的情形9"]
        or f["行为的情形10"]
        or f["行为的情形11"],
        f["对象的问题"]
        and (f["免责的情形1"] or f["免责的情形2"] or f["免责的情形3"] or f["免责的情形4"]),
    )


def law() -> Law:
    """Load the vocabulary of the benchmark."""
    return load({"bench/规则.md": VOCABULARY.encode()}, "bench")


ZEN = (
    "[a1 or not (a2 == '低' and a3 == '高') or a4 < 2, "
    "(a5 == '一般' and a6 >= 0.03 and a6 <= 0.2) or (a5 == '重点' and a6 >= 0.2), "
    "a7 or (a8 and not a9) or (a10 == '处罚' and a11 <= 7) or (a10 != '处罚' and a11 <= 10), "
    + " or ".join(f"b{i}" for i in range(1, 12))
    + ", a12 and (c1 or c2 or c3 or c4)]"
)


def zen_record(values: dict[str, Any]) -> dict[str, Any]:
    """Return a record in the form the foreign engine reads: ASCII names, floats."""
    plain = list(values.values())[:12]
    found = {f"a{i + 1}": value for i, value in enumerate(plain)}
    found["a6"] = float(found["a6"])
    found |= {f"b{i + 1}": values[path] for i, path in enumerate(GROUNDS)}
    return found | {f"c{i + 1}": values[path] for i, path in enumerate(PLEAS)}


def rate(judge: Callable[[Any], object], records: list[Any], seconds: float) -> float:
    """Return evaluations per CPU second."""
    done, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        for values in records:
            judge(values)
        done += len(records)
    return done / (time.process_time() - started)


def engines(records: list[dict[str, Value]]) -> dict[str, tuple[Callable[[Any], Any], list[Any]]]:
    """Return every engine with its records, each checked against the hand-written function."""
    bench = law()
    nodes: list[Core] = [bench.condition(text).core for text in CONDITIONS]
    parameter = bench.executor.parameters(TODAY)
    compiled = compile_nodes(nodes, parameter)
    run = Run(values={}, parameter=parameter, calendar=bench.calendar, today=None)

    def traced(values: dict[str, Value]) -> tuple[bool | None, ...]:
        once = Run(values=values, parameter=parameter, calendar=bench.calendar, today=None)
        return tuple(truth(node, once) for node in nodes)

    expression = zen.compile_expression(ZEN)
    foreign = [zen_record(values) for values in records]
    found: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
        "hand-written": (by_hand, records),
        "compiled, two-valued": (lambda values: compiled.certain(values, run), records),
        "compiled, three-valued": (lambda values: compiled.kleene(values, run), records),
        "tracing": (traced, records),
        "zen-engine": (lambda values: expression.evaluate(values), foreign),
    }
    for name, (judge, given) in found.items():
        for values, other in zip(records[:500], given[:500], strict=True):
            assert tuple(judge(other)) == by_hand(values), name
    return found


def measure(seconds: float = 0.25, rounds: int = 9) -> list[dict[str, float]]:
    """Time every engine in turn, several rounds: a busy machine slows all of a round alike."""
    seed = random.Random(20260615)
    found = engines([record(seed) for _ in range(2000)])
    return [
        {name: rate(judge, given, seconds) for name, (judge, given) in found.items()}
        for _ in range(rounds)
    ]


GIVEN = "事项的类别 = 一般、对象的风险 = 低、对象的重点 = 否"
RULE = """规则 比例规则{n} 强度 原则上
  过渡 行为时版本
  当 事项的类别 为 一般 且 对象的风险 属于 低、中 且 非 对象 重点
  应当 计划的比例 介于 3% 与 20% 且 对象的次数 不超过 {n} 次
  违反时 说明理由 "不在规则{n}的范围内"
  样例 "合" 设 {given}、计划的比例 = 3%、对象的次数 = {n} 次 得 合规
  样例 "不合" 设 {given}、计划的比例 = 2% 得 偏离
结束
"""


def reading(rounds: int = 5) -> tuple[float, float]:
    """Return CPU seconds to read and check a pack of 100 rules, and to compile as much Python."""
    text = (
        VOCABULARY
        + "\n```规则\n"
        + "".join(RULE.format(n=n, given=GIVEN) for n in range(1, 101))
        + "```\n"
    )
    files = {"bench/规则.md": text.encode()}
    function = "\n".join(inspect.getsource(by_hand).split("\n"))
    module = (function * (len(text) // len(function) + 1))[: len(text)]
    module = module[: module.rindex("\ndef ")] + "\n"
    own, python = [], []
    for _ in range(rounds):
        started = time.process_time()
        law, problems = examine(files, "bench")
        assert not [problem for problem in (*problems, *check(law)) if problem.severity == "error"]
        own.append(time.process_time() - started)
        started = time.process_time()
        compile(module, "<bench>", "exec")
        python.append((time.process_time() - started) * len(text) / len(module))
    return statistics.median(own), statistics.median(python)


def ratio(rounds: list[dict[str, float]], above: str, below: str) -> float:
    """Return the median over the rounds of one rate over another."""
    return statistics.median(rates[above] / rates[below] for rates in rounds)


def main() -> int:
    """Print the table and whether each bar is met."""
    rounds = measure()
    for name in rounds[0]:
        value = statistics.median(rates[name] for rates in rounds)
        times = ratio(rounds, name, "hand-written")
        print(f"{name:24}{value:12,.0f} /s{times:8.3f} x hand-written")
    own, python = reading()
    print(
        f"100 rules read and checked in {own * 1000:.0f} ms, {own / python:.0f} x Python's compile"
    )
    three = "compiled, three-valued"
    bars = (
        ("compiled / hand-written", ratio(rounds, three, "hand-written"), 0.4),
        ("compiled / zen-engine", ratio(rounds, three, "zen-engine"), 3.0),
        ("tracing / hand-written", ratio(rounds, "tracing", "hand-written"), 0.08),
    )
    for name, value, bar in bars:
        print(f"{'met   ' if value >= bar else 'MISSED'} {name} = {value:.3f} (bar {bar})")
    return 0 if all(value >= bar for _, value, bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
