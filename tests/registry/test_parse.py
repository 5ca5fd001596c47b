"""A file becomes rows; whatever is wrong with it is said with line, column, value and reason."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.registry.assemble import Scope
from engine.registry.codes import issued_id
from engine.registry.columns import COLUMNS, heading, recognise
from engine.registry.export import csv_file, template
from engine.registry.parse import Parsed, parse
from engine.registry.sheet import Limits
from engine.registry.types import (
    Inspector,
    InspectorClass,
    Item,
    PositionRank,
    RegistryKind,
    RiskTier,
    Subject,
    SubjectKind,
)
from tests.registry.samples import CODE, REAL_CODES, csv_text, workbook

HEADINGS = "企业名称,统一社会信用代码,主体类型,住所（经营场所）,信用风险分类"


def read(
    text: str,
    kind: str = "subjects",
    encoding: str = "utf-8",
    *,
    scope: Scope | None = None,
    limits: Limits | None = None,
) -> Parsed:
    return parse(kind, text.encode(encoding), "名录.csv", scope=scope, limits=limits)


def subjects_of(parsed: Parsed) -> list[Subject]:
    return [row for row in parsed.rows if isinstance(row, Subject)]


def codes_of(parsed: Parsed) -> list[tuple[int, str]]:
    return [(p.line, p.code) for p in parsed.problems if p.severity == "error"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_that_offices_use_are_read(encoding: str) -> None:
    parsed = read(csv_text(HEADINGS, f"甲公司,{CODE},公司,某街1号,Ａ类"), encoding=encoding)
    (row,) = parsed.rows
    assert isinstance(row, Subject)
    assert (row.subject_id, row.name, row.kind) == (CODE, "甲公司", SubjectKind.ENTERPRISE)
    assert row.risk_tier is RiskTier.A
    assert parsed.is_sound


def test_a_title_a_note_and_odd_headings_do_not_disturb() -> None:
    text = csv_text(
        "长春市朝阳区检查对象名录库,,",
        "导出日期：2026-06-15,,",
        '序号,"统一社会\r\n信用代码 *",企 业 名 称（全称）',
        f"1,{CODE},甲公司",
    )
    parsed = read(text)
    assert [row.row_id for row in parsed.rows] == [CODE]
    assert parsed.header is not None
    assert parsed.header.line == 3


def test_a_line_is_counted_as_a_person_counts_it() -> None:
    text = csv_text(HEADINGS, f'"甲\r\n公司",{CODE},公司,,', "乙,123,公司,,")
    assert [(p.line, p.column) for p in read(text).problems if p.code == "bad-cell"] == [
        (4, "统一社会信用代码")
    ]


def test_every_bad_cell_of_the_file_is_reported_in_one_run() -> None:
    text = csv_text(
        HEADINGS,
        "甲,914403001922038217,公司,某街,A",
        ",91350100M000100Y43,火箭,某街,Z",
        "丙,=1+1,公司,某街,A",
    )
    assert codes_of(read(text)) == [
        (2, "bad-cell"),
        (3, "required"),
        (3, "bad-cell"),
        (3, "bad-cell"),
        (4, "bad-cell"),
    ]


def test_a_number_in_the_other_column_finds_its_place() -> None:
    text = csv_text(
        "监管对象编号,名称,注册号,类型",
        f",甲,{CODE},企业",
        f"{REAL_CODES[0]},乙,,",
        "110108002734659,丙,,个体户",
        f"{REAL_CODES[2]},丁,110108002734659,企业",
    )
    parsed = read(text)
    found = [(r.subject_id, r.uscc, r.registration_no) for r in subjects_of(parsed)]
    assert found == [
        (CODE, CODE, None),
        (REAL_CODES[0], REAL_CODES[0], None),
        ("110108002734659", None, "110108002734659"),
    ]
    assert codes_of(parsed) == [(5, "bad-row")]


def test_a_subject_that_obtains_a_code_takes_it_as_its_id() -> None:
    issued = issued_id(district="220104", kind="企业", name="甲", address="某街")
    text = csv_text("监管对象编号,名称,信用代码", f"{issued},甲,{CODE}", f"{issued},乙,")
    parsed = read(text.replace(",乙,", ",乙,"))
    assert [row.row_id for row in parsed.rows] == [CODE]
    assert codes_of(parsed) == [(3, "required")]


def test_a_kind_is_asked_for_where_no_code_states_it() -> None:
    assert codes_of(read(csv_text("名称,住所", "甲,某街1号"))) == [(2, "required")]


def test_a_department_may_not_hold_a_separator_of_the_draw() -> None:
    text = csv_text("姓名,部门,人员类别,执法证号", "王伟,samr:1,公务员,A001")
    assert codes_of(read(text, "inspectors")) == [(2, "bad-row")]


def test_the_source_of_the_extract_stands_on_every_row() -> None:
    parsed = read(csv_text("名称,信用代码", f"甲,{CODE}"), scope=Scope(source="省市场主体库"))
    assert [row.source for row in parsed.rows] == ["省市场主体库"]


def test_remarks_block_nothing() -> None:
    text = csv_text(
        "姓名,部门,人员类别,执法证号,有效期至,人员编号",
        "王伟,samr,公务员,,,1",
        "李芳,samr,公务员,A2,,2",
    )
    parsed = read(text, "inspectors")
    assert [p.column for p in parsed.problems] == ["执法证号", "有效期至"]
    assert parsed.is_sound
    items = read(
        csv_text("编号,抽查事项,检查主体,事项类别,抽查比例", "S-1,甲,samr,一般,100%"), "items"
    )
    assert items.is_sound
    assert len(items.problems) == 5


def test_a_problem_for_the_interface_is_a_plain_record() -> None:
    problem = read(csv_text(HEADINGS, f"甲,{CODE}x,公司,某街,A")).problems[0]
    assert dict(problem.record())["severity"] == "error"
    assert (problem.record()["line"], problem.record()["column"]) == (2, "统一社会信用代码")


@pytest.mark.parametrize("name", ["'", " ", "无", "\u200b", "\t"])
def test_a_name_of_nothing_is_missing(name: str) -> None:
    assert codes_of(read(csv_text("名称,信用代码", f"{name},{CODE}"))) == [(2, "required")]


def test_a_problem_is_a_sentence_with_place_value_and_reason() -> None:
    problem = read(csv_text(HEADINGS, "甲,914403001922038217,公司,某街,A")).problems[0]
    assert problem.sentence() == (
        "第 2 行“统一社会信用代码”列的值“914403001922038217”："
        "统一社会信用代码第 18 位（校验码）应为“6”，实为“7”"
    )


def test_a_repeated_id_is_reported_on_both_lines_and_neither_counts() -> None:
    text = csv_text(
        HEADINGS,
        f"甲,{CODE},公司,某街,A",
        "乙,91350100M000100Y43,公司,某街,A",
        f"丙,{CODE.lower()},公司,某街,A",
    )
    parsed = read(text)
    assert codes_of(parsed) == [(2, "duplicate-id"), (4, "duplicate-id")]
    assert all("第 2、4 行" in p.reason for p in parsed.problems if p.severity == "error")
    assert [row.name for row in parsed.rows] == ["乙"]
    assert not parsed.is_sound


def test_a_subject_without_code_is_numbered_by_us_and_needs_an_address() -> None:
    parsed = read(
        csv_text(HEADINGS, "甲摊,,无照经营,某街1号,", "乙摊,,无照经营,,"),
        scope=Scope(district="220104"),
    )
    assert parsed.rows[0].row_id.startswith("N-220104-")
    assert codes_of(parsed) == [(3, "required")]


def test_an_old_number_may_stand_in_the_column_of_the_code() -> None:
    parsed = read(
        csv_text(
            "名称,统一社会信用代码/注册号,类型",
            "甲店,110108002734659,个体户",
            "乙店,110108002734658,个体户",
        )
    )
    first, second = parsed.rows
    assert isinstance(first, Subject)
    assert first.registration_no == "110108002734659"
    assert first.uscc is None
    assert second.row_id == "110108002734658"
    assert any("末位校验不符" in p.reason and p.severity == "warning" for p in parsed.problems)


def test_the_kind_follows_from_the_code_where_the_file_is_silent() -> None:
    parsed = read(csv_text("名称,信用代码", f"甲,{REAL_CODES[0]}", f"乙,{REAL_CODES[3]}"))
    kinds = [row.kind for row in parsed.rows if isinstance(row, Subject)]
    assert kinds == [SubjectKind.ENTERPRISE, SubjectKind.OTHER]


def test_names_of_departments_and_districts_become_codes_and_unknown_ones_are_refused() -> None:
    scope = Scope(
        departments={"区市场监督管理局": "samr", "区消防救援大队": "fire"},
        districts={"朝阳区": "220104"},
    )
    text = csv_text(
        "名称,信用代码,行政区划,监管部门",
        f"甲,{REAL_CODES[0]},朝阳区,区市场监督管理局、fire",
        f"乙,{REAL_CODES[1]},220104,区气象局",
    )
    parsed = read(text, scope=scope)
    row = parsed.rows[0]
    assert isinstance(row, Subject)
    assert (row.district, row.regulators) == ("220104", ("samr", "fire"))
    assert codes_of(parsed) == [(3, "unknown-word")]


def test_an_unknown_column_is_named_and_a_doubled_one_is_an_error() -> None:
    parsed = read(csv_text("名称,信用代码,统一社会信用代码,幸运数字", f"甲,{CODE},x,7"))
    found = {(p.code, p.column, p.severity) for p in parsed.problems}
    assert ("unknown-column", "幸运数字", "warning") in found
    assert ("duplicate-column", "统一社会信用代码", "error") in found


def test_an_identity_number_never_enters_the_registry() -> None:
    text = csv_text(
        "姓名,部门,人员类别,执法证号,身份证号", "王伟,samr,公务员,A001,220104199001011234"
    )
    parsed = read(text, "inspectors")
    assert "220104199001011234" not in str(parsed.rows)
    assert any(p.reason == "身份证号不导入名录" for p in parsed.problems)


def test_inspectors_have_a_class_a_certificate_and_a_rank() -> None:
    text = csv_text(
        "姓名,所在单位,人员类别,执法证号,证件有效期,职务类别,执法事项范围,是否专家",
        "王伟,samr,公务员,吉A-001,2026年12月31日,科长,甲事项、乙事项,是",
        "李芳,samr,监管人员,,,科员,,否",
        "张娜,samr,保安,,,,,",
    )
    parsed = read(text, "inspectors")
    (row,) = parsed.rows
    assert isinstance(row, Inspector)
    assert row.inspector_id == row.certificate_no == "吉A-001"
    assert row.inspector_class is InspectorClass.CIVIL_SERVANT
    assert row.position_rank is PositionRank.SECTION_HEAD
    assert (row.items, row.expert) == (("甲事项", "乙事项"), True)
    assert codes_of(parsed) == [(3, "required"), (4, "bad-cell")]


def test_a_certificate_is_valid_on_its_last_day_and_not_after() -> None:
    text = csv_text("姓名,部门,人员类别,执法证号,有效期至", "王伟,samr,公务员,A001,2026-06-15")
    (row,) = read(text, "inspectors").rows
    assert isinstance(row, Inspector)
    (until,) = [row.certificate_until]
    assert until is not None
    assert row.is_certified(until)
    assert not row.is_certified(until.replace(day=16))


def test_an_item_at_full_coverage_has_the_whole_ratio() -> None:
    text = csv_text(
        "编号,抽查事项,检查主体,事项类别,抽查比例,是否全覆盖",
        "S-1,甲事项,samr,重点,100%,",
        "S-2,乙事项,samr,一般,3%,是",
    )
    parsed = read(text, "items")
    (row,) = parsed.rows
    assert isinstance(row, Item)
    assert row.full_coverage
    assert codes_of(parsed) == [(3, "bad-row")]


def test_a_removal_carries_its_reason() -> None:
    parsed = read(csv_text("名称,信用代码,移出原因", f"甲,{CODE},迁出", f"乙,{REAL_CODES[0]},"))
    assert parsed.removals == {CODE: "迁出"}


def test_a_workbook_is_read_with_its_numbers_and_dates() -> None:
    content = workbook(
        [
            ["检查对象名录库"],
            ["企业名称", "注册号", "类型", "成立日期"],
            ["甲店", 110108002734659, "个体户", 46188],
            ["乙店", 914403001922038216, "企业", "2026-06-15"],
        ]
    )
    parsed = parse("subjects", content, "名录.xlsx")
    (row,) = parsed.rows
    assert isinstance(row, Subject)
    assert row.row_id == "110108002734659"
    assert row.registered_on is not None
    assert row.registered_on.isoformat() == "2026-06-15"
    (lost,) = [p for p in parsed.problems if p.severity == "error"]
    assert (lost.line, lost.column) == (4, "注册号")
    assert "末几位已丢失" in lost.reason


def test_a_second_list_in_a_workbook_is_an_error() -> None:
    lines = [["企业名称", "信用代码"], ["甲", CODE]]
    book = openpyxl.Workbook()
    for title in ("一", "二"):
        page = book.create_sheet(title)
        for line in lines:
            page.append(line)
    out = io.BytesIO()
    book.save(out)
    parsed = parse("subjects", out.getvalue(), "x.xlsx")
    assert codes_of(parsed) == [(0, "other-sheet")]


def test_a_hidden_sheet_is_not_read_and_an_empty_one_says_nothing() -> None:
    book = openpyxl.Workbook()
    secret = book.create_sheet("隐藏")
    for line in (["企业名称", "信用代码"], ["甲", CODE]):
        secret.append(line)
    secret.sheet_state = "hidden"
    note = book.create_sheet("说明")
    note.append(["填表说明：逐行填写"])
    shown = book.create_sheet("名录")
    for line in (["企业名称", "信用代码"], [], ["乙", REAL_CODES[0]]):
        shown.append(line)
    out = io.BytesIO()
    book.save(out)
    parsed = parse("subjects", out.getvalue(), "x.xlsx")
    assert [row.name for row in parsed.rows] == ["乙"]
    assert [p.reason for p in parsed.problems if p.code == "other-sheet"] == [
        "工作表“说明”没有表头，未导入"
    ]


def test_size_columns_and_fields_have_limits() -> None:
    lines = csv_text("名称,信用代码", f"甲,{CODE}")
    assert "超过 0 MB" in read(lines, limits=Limits(megabytes=0)).problems[0].reason
    assert "超过 1 列" in read(lines, limits=Limits(columns=1)).problems[0].reason
    long = csv_text("名称,信用代码", f"{'长' * 140_000},{CODE}")
    assert read(long).problems[0].sentence().startswith("第 2 行：单元格过长（超过 131072 个字符）")
    wide = workbook([["企业名称", "信用代码"], *([["甲", CODE]] * 80)])
    assert "超过 3 行" in parse("subjects", wide, "x", limits=Limits(rows=3)).problems[0].reason
    near = parse("subjects", wide, "x", limits=Limits(rows=20)).problems[0].reason
    assert "超过 20 行" in near


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空的"),
        (b"\xef\xbb\xbf\r\n", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xlsx"),
        (b"PK\x03\x04 no archive", "xlsx"),
        (b"\xff\xff\xfe\x80\x81", "编码"),
        (csv_text("甲,乙,丙").encode(), "表头"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, reason: str) -> None:
    parsed = parse("subjects", content, "x")
    assert not parsed.is_sound
    assert reason in parsed.problems[0].reason


def test_required_columns_are_asked_for_by_name() -> None:
    parsed = read(csv_text("姓名,人员编号", "王伟,1"), "inspectors")
    assert {p.column for p in parsed.problems if p.code == "missing-column"} == {
        "所属部门",
        "人员类别",
    }


def test_too_many_rows_refuse_the_file_whole() -> None:
    lines = [f"甲{n},{CODE}" for n in range(5)]
    parsed = read(csv_text("名称,信用代码", *lines), limits=Limits(rows=3))
    assert parsed.rows == ()
    assert "超过 3 行" in parsed.problems[0].reason


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        package.writestr("xl/sharedStrings.xml", b"\0" * (3 << 20))
    parsed = parse("subjects", out.getvalue(), "x.xlsx", limits=Limits(unpacked_megabytes=2))
    assert "解压后超过 2 MB" in parsed.problems[0].reason


def test_two_cells_far_apart_do_not_exhaust_the_memory() -> None:
    near = workbook([["企业名称", "信用代码"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(near)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry).replace(b'r="B1"', b'r="XFD1048576"')
            new.writestr(entry, content)
    parsed = parse("subjects", out.getvalue(), "x.xlsx")
    assert "列，请删去" in parsed.problems[0].reason


@pytest.mark.parametrize("kind", list(RegistryKind))
def test_the_template_has_every_heading_and_is_recognised(kind: RegistryKind) -> None:
    parsed = parse(kind, template(kind), "模板.csv")
    assert parsed.header is not None
    assert {column.field for column in parsed.header.columns.values()} == {
        column.field for column in COLUMNS[kind]
    }
    assert [p.code for p in parsed.problems] == ["no-rows"]


@pytest.mark.parametrize("kind", list(RegistryKind))
def test_no_heading_means_two_columns(kind: RegistryKind) -> None:
    names = [heading(name) for column in COLUMNS[kind] for name in (column.title, *column.aliases)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    for column in COLUMNS[kind]:
        assert recognise(kind, column.title) == column


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(RegistryKind)), st.binary(max_size=300))
@example(RegistryKind.SUBJECTS, "名称,信用代码\n\x00,\x00".encode())
@example(RegistryKind.SUBJECTS, '名称,信用代码\n"'.encode())
def test_no_bytes_make_the_import_fail(kind: RegistryKind, content: bytes) -> None:
    assert parse(kind, content, "x").problems


CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["A", "公司", "2026-06-15", CODE, "=1", "3%", "是", "46188", "-", "'"]),
)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(list(RegistryKind)), st.data())
def test_no_cells_under_good_headings_make_the_import_fail(
    kind: RegistryKind, data: st.DataObject
) -> None:
    titles = [column.title for column in COLUMNS[kind]]
    lines = data.draw(st.lists(st.lists(CELLS, max_size=len(titles)), max_size=4))
    out = io.StringIO(newline="")
    csv.writer(out).writerows([titles, *lines])
    parsed = parse(kind, out.getvalue().encode("utf-8", "surrogatepass"), "x.csv")
    again = parse(kind, csv_file(kind, parsed.rows), "x.csv")
    assert again.rows == parsed.rows


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


PARTS = parts_of(workbook([["企业名称", "信用代码", "成立日期"], ["甲", CODE, 46188]]))
DAMAGE = [b"<", b'"', b"</c>", b'r="A1"', b't="s"', b"99999999999", b"-1", b"\xff", b"", b"1e999"]


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(PARTS)), st.data())
def test_a_damaged_workbook_never_crashes(name: str, data: st.DataObject) -> None:
    damaged = bytearray(PARTS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        damaged[start : start + data.draw(st.sampled_from((0, 1, 9)))] = data.draw(
            st.sampled_from(DAMAGE)
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for part, content in PARTS.items():
            package.writestr(part, bytes(damaged) if part == name else content)
    parse("subjects", out.getvalue(), "x.xlsx")
