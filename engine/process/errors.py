"""What can go wrong while a process instance moves, in words a person can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import ProductError

if TYPE_CHECKING:
    from engine.process.problems import Problem


class BadDiagram(ProductError):
    """A diagram that the publish pipeline refuses; `problems` lists every reason."""

    code = "bad-diagram"
    zh = "流程图有 {count} 处需要改正。首处：第 {line} 行，{message}"
    en = "The diagram has {count} problems. First: line {line}, {message}"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(count=len(problems), line=first.line, message=first.message)


class UnknownTask(ProductError):
    """The addressed element is not in the state the operation needs."""

    code = "unknown-task"
    zh = "案件「{case}」中「{element}」{key}现在不能{verb}。请重新打开案件查看当前环节。"
    en = "In case “{case}”, “{element}” {key} cannot {verb_en} now. Reload the case."


class Runaway(ProductError):
    """One command ran more automatic steps than any sane diagram needs; nothing of it is kept."""

    code = "runaway"
    zh = "流程自动运行 {limit} 步后在「{element}」仍未停下，操作已撤销。请检查回路中的人工任务。"
    en = (
        "More than {limit} automatic steps, the last at “{element}”; undone. A loop lacks a person."
    )


class StuckInstance(ProductError):
    """The instance is neither completed nor waiting for anybody or anything."""

    code = "stuck-instance"
    zh = "案件「{case}」无待办或等待的环节，却未结束（{elements}），操作已撤销。请联系流程管理员。"
    en = (
        "Case “{case}” waits for nothing and is not completed ({elements}); the command was undone."
    )


class NoBranch(ProductError):
    """Every condition of a gateway is false and it has no default flow."""

    code = "no-branch"
    zh = "网关「{element}」的条件都不成立，也没有默认分支。请在流程图中选定默认分支。"
    en = "No condition of gateway “{element}” holds and it has no default flow; choose one."


class UnusableState(ProductError):
    """A cached state that this program or this version of the diagram cannot read; rebuild it."""

    code = "unusable-state"
    zh = "案件「{case}」的缓存状态无法读取（{reason}），请删除缓存后由事件重建。"
    en = "The cached state of case “{case}” cannot be read ({reason}); rebuild it from the events."


class OutsideCommand(ProductError):
    """The library asked for the time or an identifier while no command was running."""

    code = "outside-command"
    zh = "流程引擎在命令之外读取了时间或编号。"
    en = "The process engine read the clock or made an id outside a command."


class BadTimer(ProductError):
    code = "bad-timer"
    zh = "期限「{text}」既不是 rule:规则名，也不是 ISO 8601 的日期或时长，例如 2026-06-30、P7D。"
    en = "“{text}” is neither rule:name nor an ISO 8601 date or duration such as 2026-06-30 or P7D."
