"""Is it alive, and how busy: for load balancers and Prometheus, without a word about people."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from engine.store import alive
from web.access import PUBLIC, allow
from web.site import site

health = Blueprint("health", __name__)


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
    meters: Meters = current_app.extensions["ssj_meters"]
    return Response(generate_latest(meters.registry), content_type=CONTENT_TYPE_LATEST)
