"""What can go wrong in words a person can act on; nothing here knows HTTP."""

from __future__ import annotations

from typing import ClassVar


class ProductError(Exception):
    """An error with a stable code and one sentence in Chinese and in English.

    `facts` fill both sentences; they are also what a log or an API shows beside the code.
    """

    code: ClassVar[str] = "error"
    zh: ClassVar[str] = "{text}"
    en: ClassVar[str] = "{text}"

    def __init__(self, text: str = "", /, **facts: object) -> None:
        self.facts: dict[str, object] = {"text": text, **facts}
        super().__init__(self.zh.format_map(self.facts))

    def sentence(self, language: str = "zh") -> str:
        """Return the sentence in `language`; anything but "en" answers in Chinese."""
        return (self.en if language == "en" else self.zh).format_map(self.facts)


class Refusal(ProductError):
    """A command turned down: nothing of it happened; `rule` and `quote` say why when law does."""

    code = "refused"
    grave: ClassVar[bool] = False  # the attempt itself becomes part of the history


class OffRegistry(Refusal):
    code = "off-registry"
    grave = True
    zh = "{people}不在本次任务冻结的执法检查人员名录内，不能参加检查。"
    en = "{people} are not in the frozen registry of inspectors and may not take part."


class DrawnIsFixed(Refusal):
    code = "drawn-fixed"
    grave = True
    zh = "「{fields}」由抽取产生，任何人不得填写或者改换；这次尝试已记入历史。"
    en = "“{fields}” come from the draw and are nobody's to fill in or change; this was recorded."


class OfficerSwapped(Refusal):
    code = "officer-swapped"
    grave = True
    zh = "「{person}」不在抽中的检查组内，不能顶替办理「{task}」；确需更换的，按规定随机补抽。"
    en = "“{person}” is not of the drawn team and may not take over “{task}”; draw a replacement."


class OnlyTheSystem(Refusal):
    code = "only-the-system"
    grave = True
    zh = "「{step}」只能由系统按已记录的事实产生，任何人不得代填；这次尝试已记入历史。"
    en = "“{step}” follows from the record alone; nobody may enter it, and this was recorded."


class UnknownCase(Refusal):
    code = "unknown-case"
    zh = "没有编号为「{case}」的案件，请核对编号。"
    en = "There is no case “{case}”; check the number."


class UnknownProcess(Refusal):
    code = "unknown-process"
    zh = "{jurisdiction}没有已发布的流程「{process}」，请先在流程管理中发布。"
    en = "{jurisdiction} has no published process “{process}”; publish one first."


class CaseExists(Refusal):
    code = "case-exists"
    zh = "这件案件已经建立（{number}），没有重复建立。"
    en = "This case already exists ({number}); it was not opened again."


class CaseIsClosed(Refusal):
    code = "case-closed"
    zh = "案件「{number}」已办结，不能再办理。"
    en = "Case “{number}” is closed and takes no further steps."


class TaskNotOpen(Refusal):
    code = "task-not-open"
    zh = "「{task}」现在不在待办状态{by}。请刷新待办列表。"
    en = "“{task}” is not open now{by_en}. Reload your task list."


class NotYourTask(Refusal):
    code = "not-your-task"
    zh = "「{task}」由「{role}」办理，您当前的岗位不能办理。"
    en = "“{task}” belongs to the role “{role}”, which you do not hold."


class OtherJurisdiction(Refusal):
    code = "other-jurisdiction"
    zh = "{person}属于另一辖区，不能办理本辖区的案件。"
    en = "{person} belongs to another jurisdiction and has no part in the cases of this one."


class NotYourCase(Refusal):
    code = "not-your-case"
    zh = "「{process}」须由「{role}」发起，您当前的岗位不能发起。"
    en = "“{process}” is opened by the role “{role}”, which you do not hold."


class TaskIsClaimed(Refusal):
    code = "task-claimed"
    zh = "「{task}」已由{holder}领取。请其退回待办或转办后再办理。"
    en = "“{task}” is held by {holder}. Ask them to release or transfer it."


class FourEyesViolation(Refusal):
    code = "four-eyes"
    zh = "{person}已办理本案的前一环节，不能再办理「{task}」，请由「{role}」的另一人办理。"
    en = (
        "{person} acted in an earlier step and may not do “{task}”; ask another holder of “{role}”."
    )


class Recused(Refusal):
    code = "recused"
    zh = "{person}在本案应当回避，不能办理「{task}」。"
    en = "{person} is recused from this case and may not do “{task}”."


class AlreadyAnswered(Refusal):
    code = "already-answered"
    zh = "{department}已于{at}提交意见，不能重复提交。"
    en = "{department} already answered at {at}."


class FormInvalid(Refusal):
    """The submitted fields break the form's schema; `problems` names each field."""

    code = "form-invalid"
    zh = "表单有 {count} 处需要改正：{first}"
    en = "The form has {count} problems: {first}"

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        first = "；".join(f"{field} {message}" for field, message in problems[:3])
        super().__init__(count=len(problems), first=first)


class RuleBroken(Refusal):
    code = "rule-broken"
    zh = "不符合规则「{rule}」：{message}{quote}"
    en = "Breaks the rule “{rule}”: {message}{quote}"


class ReasonRequired(Refusal):
    code = "reason-required"
    zh = "偏离规则「{rule}」（原则上）：{message}请在「{field}」写明理由后再提交。{quote}"
    en = "Deviates from the rule “{rule}”: {message} Give the reason in “{field}”. {quote}"


class StaleTimer(Refusal):
    code = "stale-timer"
    zh = "期限「{element}」（{due_at}）已不在等待，不再触发。"
    en = "Timer “{element}” ({due_at}) no longer waits."


class NotWaiting(Refusal):
    code = "not-waiting"
    zh = "案件「{number}」现在不等待「{name}」。"
    en = "Case “{number}” does not wait for “{name}”."


class AlreadyReceived(Refusal):
    code = "already-received"
    zh = "案件「{number}」已收到过这条消息「{name}」，不重复办理。"
    en = "Case “{number}” has received this message “{name}” before; it does not count twice."


class BeaconMismatch(Refusal):
    code = "beacon-mismatch"
    zh = (
        "两次录入的随机值不一致，从第 {place} 个数起不同：首次「{first}」，复核「{second}」。"
        "请当场核对笔录，谁录错谁改。"
    )
    en = (
        "The two entries differ from number {place} on: first “{first}”, second “{second}”. "
        "Check the minutes; whoever mistyped corrects it."
    )


class FileMissing(ProductError):
    code = "artefact-missing"
    zh = "缺少内容为 {address} 的存档文件，无法继续。"
    en = "The stored file {address} is missing."


class HistoryDamaged(ProductError):
    """The stored bytes of a case are not those that were recorded; nothing may rest on them."""

    code = "history-damaged"
    zh = (
        "这件案件的第 {seq} 号事件与其哈希不符，存储的记录已受损或被改动，不能据以显示或办理。"
        "请审计员在审计栏目查看，并从备份核对恢复。"
    )
    en = (
        "Event {seq} of this case does not fit its hash: the stored record was damaged or altered, "
        "and nothing is shown or done on it. See the audit page, and compare with a backup."
    )


class Conflict(ProductError):
    """Another transaction wrote the next event first; the caller reloads and decides again."""

    code = "conflict"
    zh = "案件刚被他人更新，请重试。"
    en = "The case was just changed by someone else; try again."
