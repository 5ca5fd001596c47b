"""An administrator enters people, grants positions for a time, and helps with a lost password."""

from __future__ import annotations

import re

from tests.web.conftest import House
from tests.web.visitor import Visitor

ADMIN = "cy-samr-process-admin1"


def one_time_password(markup: str) -> str:
    found = re.search(r'<strong class="code">([^<]+)</strong>', markup)
    assert found is not None
    return found[1]


def entered(house: House, login: str) -> tuple[Visitor, str]:
    admin = house.visitor(ADMIN)
    answer = admin.post("/admin/people/new", {"login": login, "name": "赵新"})
    assert answer.status_code == 200, answer.text
    return admin, one_time_password(answer.text)


def test_a_new_person_signs_in_once_with_the_password_that_was_handed_over(house: House) -> None:
    _admin, password = entered(house, "zhao.xin")
    person = house.visitor()
    answer = person.post("/login", {"login": "zhao.xin", "password": password})
    assert answer.headers["Location"] == "/password"


def test_a_login_is_given_once_and_written_plainly(house: House) -> None:
    admin, _password = entered(house, "qian.yi")
    again = admin.post("/admin/people/new", {"login": "qian.yi", "name": "钱一"})
    assert again.status_code == 422
    assert "已被使用" in again.text
    odd = admin.post("/admin/people/new", {"login": "Not A Login", "name": ""})
    assert odd.status_code == 422
    assert "请填写姓名" in odd.text


def test_a_position_opens_its_tasks_and_its_end_closes_them(house: House) -> None:
    admin, password = entered(house, "sun.er")
    seat = {"department": "samr", "position": "process_admin"}
    assert admin.post("/admin/people/sun.er/positions", seat).status_code == 303
    assert "流程管理员" in admin.page("/admin/people/sun.er")
    person = house.visitor("sun.er")
    person.post(
        "/password", {"old": password, "new": "a fine new password", "again": "a fine new password"}
    )
    assert person.get("/studio").status_code == 200
    admin.post("/admin/people/sun.er/positions/withdraw", seat)
    assert person.get("/studio").status_code == 403


def test_an_invented_position_is_not_granted(house: House) -> None:
    admin, _password = entered(house, "li.san")
    invented = {"department": "samr", "position": "emperor"}
    assert admin.post("/admin/people/li.san/positions", invented).status_code == 422


def test_a_reset_password_ends_every_session_of_its_owner(house: House) -> None:
    admin, password = entered(house, "zhou.si")
    person = house.visitor()
    person.post("/login", {"login": "zhou.si", "password": password})
    assert person.get("/password").status_code == 200
    fresh = one_time_password(admin.post("/admin/people/zhou.si/password").text)
    assert fresh != password
    assert person.get("/password").status_code == 302


def test_a_closed_account_can_be_opened_again(house: House) -> None:
    admin, password = entered(house, "wu.wu")
    admin.post("/admin/people/wu.wu/account", {"closed": "yes"})
    assert "已停用" in admin.page("/admin/people/wu.wu")
    person = house.visitor()
    form = {"login": "wu.wu", "password": password}
    assert person.post("/login", form).status_code == 401
    admin.post("/admin/people/wu.wu/account", {"closed": "no"})
    assert person.post("/login", form).status_code == 303


def test_people_of_another_jurisdiction_do_not_exist_here(house: House) -> None:
    assert house.visitor(ADMIN).get("/admin/people/pj-samr-head").status_code == 404


def test_people_are_listed_by_the_page_and_found_by_name_login_or_department(house: House) -> None:
    admin = house.visitor(ADMIN)
    listed = admin.get("/admin/people").text
    assert len(re.findall(r'class="title" lang="zh" href="/admin/people/', listed)) == 50
    assert "下一页" in admin.page("/admin/people")
    found = admin.get("/admin/people?q=CY-FIRE-HEAD").text
    assert set(re.findall(r'class="title" lang="zh" href="/admin/people/([^"]+)"', found)) == {
        "cy-fire-head"
    }
    fire = admin.get("/admin/people?department=fire&q=head").text
    assert set(re.findall(r'class="title" lang="zh" href="/admin/people/([^"]+)"', fire)) == {
        "cy-fire-head"
    }
    assert "没有符合条件的人员" in admin.page("/admin/people?q=%25")


def test_an_administrator_sees_who_is_locked_out_and_lets_them_in_again(house: House) -> None:
    admin, password = entered(house, "zheng.qi")
    assert "须先修改密码" in admin.page("/admin/people/zheng.qi")
    person = house.visitor()
    for _ in range(5):
        person.post("/login", {"login": "zheng.qi", "password": "not the password"})
    page = admin.page("/admin/people/zheng.qi")
    assert "暂时锁定" in page
    assert "重设密码立即解锁" in page
    refused = person.post("/login", {"login": "zheng.qi", "password": password})
    assert (refused.status_code, "连续输错 5 次后锁定 15 分钟" in refused.text) == (401, True)
    fresh = one_time_password(admin.post("/admin/people/zheng.qi/password").text)
    assert "暂时锁定" not in admin.page("/admin/people/zheng.qi")
    answer = person.post("/login", {"login": "zheng.qi", "password": fresh})
    assert answer.headers["Location"] == "/password", "the first sign-in changes it"


def test_a_lock_that_ran_out_is_no_longer_shown(house: House) -> None:
    admin, _password = entered(house, "wang.ba")
    for _ in range(5):
        house.visitor().post("/login", {"login": "wang.ba", "password": "not the password"})
    house.wall.pass_by(minutes=15)
    assert "暂时锁定" not in admin.page("/admin/people/wang.ba")
