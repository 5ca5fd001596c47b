"""A small fictitious city: enough law to ask every kind of question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rules.pack import Law, load

CALENDAR_2026 = """date,kind
2026-01-01,holiday
2026-01-02,holiday
2026-01-04,workday
2026-10-01,holiday
2026-10-02,holiday
2026-10-05,holiday
2026-10-06,holiday
2026-10-07,holiday
2026-10-10,workday
"""

VOCABULARY = """
```规则
规则包 共同词表 版本 "1.0"
结束
枚举 等级 ：低、中、高
枚举 类别 ：一般、重点
单位 户
词 对象的等级 ：枚举 等级 来源 "registry.tier@frame"
词 对象的旧等级 ：枚举 等级 来源 "case.old_tier"
词 事项的类别 ：枚举 类别 来源 "case.item_class"
词 对象的次数 ：次数 来源 "count.visits@snapshot"
词 对象的上限 ：次数 来源 "case.cap"
词 计划的比例 ：比例 来源 "case.ratio"
词 计划的旧比例 ：比例 来源 "case.old_ratio"
词 名录的户数 ：户 来源 "count.base@snapshot"
词 名录的抽数 ：户 来源 "case.draw_size"
词 对象的重点 ：是否 来源 "registry.key@frame"
词 对象的停业 ：是否 来源 "case.closed"
词 事由的日期 ：日期 来源 "case.event_on"
词 公示的日期 ：日期 来源 "case.published_on"
词 审批的日期 ：日期 来源 "case.approved_on"
词 计划的年度 ：年度 来源 "case.year"
词 评分的分值 ：数 来源 "case.score"
词 操作的部门 ：文字 来源 "actor.department"
词 计划的部门 ：文字 来源 "case.department"
词 结果的代码 ：集合 枚举 等级 来源 "case.codes"
词 责任的情形 ：人工判断 来源 "case.finding"
词 对象的突击 ：是否 来源 "case.surprise" 缺省 否 来源 "突击检查审批登记簿"
集合 较低等级 ：低、中
参数 次数上限 ：次数
  自 2020-01-01 为 2 次
  自 2026-07-01 为 3 次
结束
参数 公示期限 ：工作日
  自 2020-01-01 为 5 个工作日
结束
参数 比例下限 ：比例
  自 2020-01-01 为 3%
结束
参数 分级比例 ：比例 按 等级
  自 2020-01-01 为 低 3%、中 5%、高 无
结束
参数 分类上限 ：次数 按 等级、类别
  自 2020-01-01 为
  | 等级 | 类别 || 上限 |
  | 低   | 一般 || 1 次 |
  | 低   | 重点 || 无   |
  | 中   | 一般 || 2 次 |
  | 中   | 重点 || 3 次 |
  | 高   | 一般 || 4 次 |
  | 高   | 重点 || 无   |
结束
```
"""

ORGANISATION = """
name = "虚构市"
code = "999900"
prefix = "XG"
[labels]
lead = "牵头部门"
[departments.samr]
name = "市场监督管理局"
[positions]
handler = "经办人"
[roles]
"发起部门经办人" = { party = "lead", position = "handler" }
"司法局审核人" = { department = "samr", position = "handler" }
"检查组长" = { persons = "leader" }
[[channels]]
code = "site"
name = "门户网站"
required = true
"""

SOURCE = """虚构市随机抽查办法

一、总则

对象应当公示，原则上不超过 2 次。

二、期限

（一）公示

1.一般公示。检查结果形成后于 10 个工作日

内公示，但涉密的除外。

2.处罚公示。作出决定后于7个工作日内公示。

-2-

（二）其他

食品企业不设上限。
"""

TODAY = date(2026, 6, 15)


def files(rules: str, **more: str) -> dict[str, bytes]:
    """Return the files of the city with the given rules in its one pack file."""
    pack = f'# 虚构市\n\n```规则\n规则包 虚构双随机 版本 "1"\n  辖区 虚构市\n结束\n{rules}\n```\n'
    texts = {
        "base/词汇.md": VOCABULARY,
        "base/calendar/2026.csv": CALENDAR_2026,
        "xugou/规则.md": pack,
        "xugou/organisation.toml": ORGANISATION,
        **more,
    }
    return {path: text.encode() for path, text in texts.items()}


def city(rules: str = "", **more: str) -> Law:
    """Load the city."""
    return load(files(rules, **more), "xugou")


def with_files(base: Mapping[str, bytes], **more: bytes) -> dict[str, bytes]:
    """Return files with some replaced."""
    return {**base, **more}
