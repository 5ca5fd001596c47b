"""What the draw turns down, as sentences; those with legal weight enter the history."""

from __future__ import annotations

from typing import ClassVar

from engine.errors import Refusal


class DrawRefusal(Refusal):
    """A step of a draw that must not happen; grave ones are recorded as `attempt-refused`."""

    code = "draw-refused"
    grave: ClassVar[bool] = False


class BadText(DrawRefusal):
    code = "draw-text"
    zh = "{what}「{value}」不能用于抽取：{why}。请在名录中改正后重新冻结。"
    en = "{what} “{value}” cannot enter a draw: {why_en}. Correct the registry and freeze again."


class FrameProblem(DrawRefusal):
    code = "draw-frame"
    zh = "抽样框第 {line} 行{why}：{value}。请更正名录后重新冻结。"
    en = "Frame line {line} {why_en}: {value}. Correct the registry and freeze again."


class SizeProblem(DrawRefusal):
    code = "draw-size"
    zh = "抽取数量无法确定：{why}。"
    en = "The size of the draw cannot be fixed: {why_en}."


class ManifestProblem(DrawRefusal):
    code = "draw-manifest"
    zh = "抽取清单的「{field}」不成立：{why}。"
    en = "Field “{field}” of the manifest does not hold: {why_en}."


class StrategyNotByInitiator(DrawRefusal):
    code = "strategy-not-by-initiator"
    grave = True
    zh = "抽取策略只能由发起部门「{initiator}」设定，「{department}」无权设定，本次不生成抽取清单。"
    en = "Only the lead department “{initiator}” sets the strategy; “{department}” may not."


class BeaconProblem(DrawRefusal):
    code = "beacon-problem"
    zh = "随机值「{value}」不符合{source}的格式：{why}。请对照笔录或公告重新录入。"
    en = "“{value}” is not a {source_en} result: {why_en}. Enter it again from the minutes."


class BeaconEntriesDiffer(DrawRefusal):
    code = "beacon-entries-differ"
    zh = "两人录入的随机值不一致：「{first}」与「{second}」。请当场核对后重新录入。"
    en = "The two entries differ: “{first}” and “{second}”. Check the source and enter both again."


class BeaconNeedsTwoPeople(DrawRefusal):
    code = "beacon-one-person"
    grave = True
    zh = "随机值须由两人分别录入，{person}不能同时作录入人和复核人。"
    en = "Two people enter the random value; {person} cannot be both."


class DemoRefused(DrawRefusal):
    code = "demo-refused"
    grave = True
    zh = "演示随机源只能在演示库使用，本库不接受。"
    en = "The demo random source is refused outside a demo database."


class WrongMoment(DrawRefusal):
    code = "draw-moment"
    zh = "抽取清单第 {seq} 号现处于「{state}」，不能{step}：{why}。"
    en = "Manifest {seq} is “{state_en}”; {step_en} is refused: {why_en}."


class Redraw(WrongMoment):
    """Any attempt to have a second try at chance."""

    code = "redraw"
    grave = True


class OutsideRegistry(DrawRefusal):
    code = "inspector-outside-registry"
    grave = True
    zh = "「{inspector}」不在本次冻结的执法检查人员名录库中，不得参加检查。"
    en = "“{inspector}” is not in the frozen inspector registry and may not inspect."


class NoWitness(DrawRefusal):
    code = "no-witness"
    grave = True
    zh = "没有证明无法随机匹配的，不得直接指派检查人员；本次尝试已记录。"
    en = "Nobody is assigned directly without a proof that chance cannot pair; this was recorded."


class TeamsShort(DrawRefusal):
    code = "teams-short"
    zh = "「{department}」符合条件的{slot}只有 {available} 人，{teams} 个检查组需要 {teams} 人。"
    en = "“{department}” has {available} eligible people as {slot_en}; {teams} teams need {teams}."


class SealBroken(DrawRefusal):
    code = "seal-broken"
    grave = True
    zh = "「{party}」的密值不能启封或与封存时的摘要不符，本次封闭抽取作废，并记录违规。"
    en = "The secret of “{party}” does not open or fit its hash: the sealed draw is void."


class StillSealed(DrawRefusal):
    code = "still-sealed"
    grave = True
    zh = "封闭抽取在最后一次检查结束前不公布名单、签号和门槛；本次查看已记录。"
    en = "A sealed draw shows nothing before the last visit ends; this look was recorded."
