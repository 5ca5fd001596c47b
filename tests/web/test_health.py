"""Alive for everybody; how busy, for this machine and for whoever has the operator's token."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.web.conftest import House
from web.app import create_app

AFAR = {"REMOTE_ADDR": "203.0.113.7"}


def meters(house: House, *, token: str = "", proxies: int = 0, **request: object) -> TestResponse:
    app = create_app(
        house.office.engine,
        secret_key="h" * 32,
        var=house.var,
        demo=True,
        shelves=house.shelves,
        metrics_token=token,
        proxies=proxies,
    )
    return app.test_client().get("/metrics", **request)


def test_health_and_meters_answer_without_a_word_about_people(house: House) -> None:
    client = house.app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    text = client.get("/metrics").text
    assert "ssj_requests_total" in text
    assert "cy-samr" not in text


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_this_machine_reads_its_meters(house: House, address: str) -> None:
    assert meters(house, environ_overrides={"REMOTE_ADDR": address}).status_code == 200


def test_another_machine_needs_the_token(house: House) -> None:
    told = {"Authorization": "Bearer secret-of-the-operator"}
    refused = meters(house, environ_overrides=AFAR)
    assert refused.status_code == 403
    assert "运行指标只供本机查看" in refused.text
    assert meters(house, environ_overrides=AFAR, headers=told).status_code == 403
    wrong = meters(house, token="another", environ_overrides=AFAR, headers=told)
    assert wrong.status_code == 403
    right = meters(house, token="secret-of-the-operator", environ_overrides=AFAR, headers=told)
    assert right.status_code == 200


def test_somebody_behind_a_proxy_is_not_this_machine(house: House) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.7"}
    assert meters(house, headers=forwarded).status_code == 403
    assert meters(house, headers=forwarded, proxies=1).status_code == 403


def test_health_stays_open_to_everybody(house: House) -> None:
    assert house.app.test_client().get("/healthz", environ_overrides=AFAR).status_code == 200
