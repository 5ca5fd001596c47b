"""Is it alive, and how busy: for load balancers and Prometheus, without a word about people."""

from __future__ import annotations

import hmac
import time
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from engine.errors import ProductError
from engine.store import alive
from web.access import PUBLIC, allow
from web.site import site

health = Blueprint("health", __name__)

_FORWARDED = frozenset({"X-Forwarded-For", "Forwarded", "X-Real-Ip"})


class MetersClosed(ProductError):
    code = "not-allowed"
    zh = "运行指标只供本机查看；从别的机器查看须带管理员设定的令牌。"
    en = "Meters are for this machine; another one sends the token that the operator has set."


class Meters:
    """The counters of one application; a registry of its own keeps several apart."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ssj_requests_total",
            "Answers by route, method and status",
            ["endpoint", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "ssj_request_seconds", "Time per answer", ["endpoint"], registry=self.registry
        )


def init(app: Flask) -> None:
    meters = Meters()
    app.extensions["ssj_meters"] = meters
    app.register_blueprint(health)

    @app.before_request
    def started() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def counted(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        meters.requests.labels(endpoint, request.method, str(response.status_code)).inc()
        if "started" in g:
            meters.seconds.labels(endpoint).observe(time.perf_counter() - g.started)
        return response


@health.get("/healthz")
@allow(PUBLIC)
def healthz() -> tuple[Response, int]:
    """Answer 200 when the database answers, 503 when not."""
    try:
        with site().store.read() as tx:
            alive.ask(tx)
    except Exception:
        return jsonify(status="database-unreachable"), 503
    return jsonify(status="ok"), 200


@health.get("/metrics")
@allow(PUBLIC)
def metrics() -> Response:
    """Answer this machine, and whoever sends the operator's token."""
    if not (_is_local() or _has_token()):
        raise MetersClosed
    meters: Meters = current_app.extensions["ssj_meters"]
    return Response(generate_latest(meters.registry), content_type=CONTENT_TYPE_LATEST)


def _is_local() -> bool:
    """Tell whether the asker is this machine, and not somebody behind a proxy on it."""
    if site().settings.proxies == 0 and any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    told = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    wanted = site().settings.metrics_token
    return bool(wanted) and hmac.compare_digest(told.encode(), wanted.encode())
