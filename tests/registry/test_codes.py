"""Identifiers: one spelling each, checked digit by digit, issued where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.registry import codes
from tests.registry.samples import REAL_CODES

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", REAL_CODES)
def test_real_codes_pass_both_checks(code: str) -> None:
    assert codes.uscc(code) == code


def test_full_width_lower_case_and_spaces_are_one_code() -> None:
    assert codes.uscc("９１３５０１００ m000100-y43\u200b") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" ９１３５ ０１００\u3000m0001\t00y43 ", "91350100M000100Y43"),
        ("n-220104-abc", "N-220104-ABC"),
        ("春城 小吃", "春城小吃"),
        (" \u200b", ""),
    ],
)
def test_what_a_person_types_is_compared_in_its_normal_form(typed: str, stored: str) -> None:
    assert codes.normal(typed) == stored


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("9144030019220382", "应为 18 位，实为 16 位"),
        ("914403001922038217", "第 18 位（校验码）应为“6”，实为“7”"),
        ("914403001922038226", "第 17 位（主体标识校验）应为“1”，实为“2”"),
        ("9135O100M000100Y43", "第 5 位“O”不是允许的字符，疑为“0”"),
        ("91AA0100M000100Y43", "第 3–8 位应为行政区划数字"),
    ],
)
def test_a_wrong_code_says_which_character_is_wrong(written: str, reason: str) -> None:
    with pytest.raises(codes.BadCode, match="统一社会信用代码") as refused:
        codes.uscc(written)
    assert reason in str(refused.value)


@given(st.sampled_from(REAL_CODES), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_wrong_character_passes(code: str, place: int, char: str) -> None:
    changed = code[:place] + char + code[place + 1 :]
    if changed != code:
        with pytest.raises(codes.BadCode):
            codes.uscc(changed)


def test_a_registration_number_has_fifteen_digits_and_a_check() -> None:
    assert codes.registration_no(" 110108002734659") == "110108002734659"
    assert codes.registration_is_sound("110108002734659")
    assert not codes.registration_is_sound("110108002734658")
    with pytest.raises(codes.BadCode):
        codes.registration_no("11010800273465X")


def test_a_subject_without_code_gets_an_issued_id_that_repeats() -> None:
    first = codes.issued_id(district="220104", kind="无证无照", name="甲 小吃", address="某街１号")
    again = codes.issued_id(district="220104", kind="无证无照", name="甲小吃", address="某街1号")
    other = codes.issued_id(district="220104", kind="无证无照", name="甲小吃", address="某街2号")
    assert first == again != other
    assert codes.is_issued(first)
    assert codes.subject_id(first.lower()) == first


@given(st.text(), st.text())
def test_every_issued_id_is_a_subject_id(name: str, address: str) -> None:
    issued = codes.issued_id(district="211102", kind="无证无照", name=name, address=address)
    assert codes.subject_id(issued) == issued == codes.row_id(issued)
    wrong = issued[:-1] + ("0" if issued[-1] != "0" else "1")
    assert not codes.is_issued(wrong)


@pytest.mark.parametrize("written", ["红旗街小吃摊", "N-220104-AAAAAAAAAAA", "12345", ""])
def test_free_text_is_no_subject_id(written: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.subject_id(written)


@pytest.mark.parametrize("written", ["A:1", "A|1", "ａ：１", "A,1", "A\\1", "", "x" * 65])
def test_marks_that_the_draw_uses_as_separators_are_refused(written: str) -> None:
    with pytest.raises(codes.BadCode):
        codes.row_id(written)


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    try:
        once = codes.row_id(text)
    except codes.BadCode:
        return
    assert codes.row_id(once) == once
