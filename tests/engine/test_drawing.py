"""The draw as long work: in the database where it can, in Python in every audit, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from engine import catalogue, config, version, worker
from engine.commands import SYSTEM, OpenCase
from engine.draw import execution, frame, sampling
from engine.draw.docket import Docket
from engine.draw.sizes import sizes
from engine.services import draws
from engine.store import drawing, eventstore, queues, shelf
from engine.store.tables import work
from tests.draw import example
from tests.engine.office import Office

STRATA = "AAAAAAABBCD"
KEY = "7a0da09d405b0e32e74a31986abb497a70c437ad56481bea9cee1652c3e6586a"
PROCESS = "drawing"
BEFORE = "2026-06-30T00:00:00Z"  # the cut-off
DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  targetNamespace="urn:test"><process id="drawing" name="只抽取" isExecutable="true">
<laneSet id="lanes"><lane id="lane" name="发起部门经办人"><flowNodeRef>begin</flowNodeRef>
  <flowNodeRef>objects</flowNodeRef><flowNodeRef>end</flowNodeRef></lane></laneSet>
<startEvent id="begin" name="开始"/><endEvent id="end" name="结束"/>
<serviceTask id="objects" name="抽取检查对象" implementation="draw.objects"/>
<sequenceFlow id="f1" sourceRef="begin" targetRef="objects"/>
<sequenceFlow id="f2" sourceRef="objects" targetRef="end"/></process></definitions>""".encode()


def listing(count: int) -> Iterator[bytes]:
    """A city's list: many low-risk, every 20th left out, two ids that are not ASCII."""
    for number in range(count):
        code = b"E01" if number % 20 == 7 else b""
        stratum = STRATA[number * 7 % 11].encode()
        yield b"91220104MA%08d|%s|K|%s\n" % (number, stratum, code)
    yield "ÀB_Z-1|B||\n".encode()
    yield "双阳区-项目-1|A||\n".encode()


def awaiting_draw(office: Office, count: int, **options: Any) -> UUID:
    """Open a case that has a frozen list, a committed manifest and a value, and nothing drawn."""
    content = b"".join(listing(count))
    frozen = frame.write(content.splitlines(keepends=True))
    places = sizes(frozen.listed, frozen.eligible, example.TIERS, bounds=example.BOUNDS)
    drawn = example.task(teams=0, frame=frozen, sizes=places, parties=(), **options)
    value = example.thrown(drawn.manifest)
    docket = Docket(task=drawn.manifest.task).draft().freeze(frozen.file)
    docket = docket.commit(drawn.manifest, at=BEFORE).record(value)
    keep(office, content, drawn.manifest.canonical())
    case_id = office.hand.new_id()
    office.hand.moment += timedelta(days=150)  # past the meeting
    office.engine.handle(
        OpenCase(
            case_id=case_id,
            actor=SYSTEM,
            process=PROCESS,
            jurisdiction="chaoyang",
            title="抽取",
            parties={"lead": ("samr",)},
            fields={
                "frame": frozen.document(),
                "manifest_hash": drawn.manifest.hash,
                "beacon": value.document(),
                "draw_task": drawn.manifest.task,
                "docket": docket.document(),
            },
        )
    )
    return case_id


def keep(office: Office, *contents: bytes) -> None:
    found = catalogue.shipped(config.WORKFLOWS, config.PACKS, "chaoyang")
    files = version.compose(version.definition_of(DIAGRAM, found.law), {}, found.law)
    at = office.hand.moment - timedelta(days=1)
    with office.engine.store.write() as connection:
        eventstore.keep(connection, contents, media="text/plain", at=at)
        shelf.release(
            connection,
            files,
            jurisdiction="chaoyang",
            process=PROCESS,
            name=PROCESS,
            effective_at=at,
            released_by=None,
            stored_at=at,
        )


def job_of(office: Office) -> queues.Work:
    with office.engine.store.read() as connection:
        (job,) = [j for j in queues.requested_work(connection, limit=9) if j.name == "draw.objects"]
    return job


def assert_drawn_alike(office: Office, case_id: UUID) -> None:
    """What the worker recorded is what Python computes, and the audit finds nothing."""
    job = job_of(office)
    inputs = json.loads(job.inputs)
    in_python = draws.draw_objects(inputs, office.engine.shelf.fetch)
    office.settle()
    fields = office.case(case_id).fields
    assert {name: fields[name] for name in in_python.result} == in_python.result
    assert office.engine.shelf.fetch(fields["draw"]) == in_python.artefacts[0]
    assert office.audit(case_id).is_clean


def test_the_worker_draws_what_an_audit_draws(office: Office) -> None:
    case_id = awaiting_draw(office, 3_000)
    assert_drawn_alike(office, case_id)


def test_nothing_of_a_draw_stays_in_the_database(postgresql_office: Office) -> None:
    awaiting_draw(postgresql_office, 300)
    postgresql_office.settle()
    with postgresql_office.engine.store.read() as connection:
        left = connection.execute(text("SELECT relname FROM pg_class WHERE relname LIKE 'draw_%'"))
        assert left.all() == []


def test_a_missed_threshold_sorts_everything(postgresql_office: Office) -> None:
    """The guess is made for many more rows than there are: no survivor, then everybody."""
    content = b"".join(listing(200))
    frozen = frame.write(content.splitlines(keepends=True))
    places = sizes(frozen.listed, frozen.eligible, example.TIERS, bounds=example.BOUNDS)
    manifest = example.task(teams=0, frame=frozen, sizes=places).manifest
    many = tuple(replace(stratum, eligible=10**9) for stratum in manifest.strata)
    wrong = replace(manifest, strata=many)
    found = drawing.select(
        postgresql_office.engine.store, content, wrong, KEY, name="t", progress=lambda _: None
    )
    assert found == execution.selected(manifest, frame.Lines(content), KEY)


def test_sessions_share_the_rows(postgresql_office: Office) -> None:
    """Each row is in one session's table, about as many in each, none cut in two."""
    content = b"".join(listing(20_000))
    store = postgresql_office.engine.store
    with drawing.loaded(store, content, name="t", progress=lambda _: None) as rows:
        processes, parts = set(), []
        for connection, source in rows.sessions:
            processes.add(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
            units = connection.execute(text(f"SELECT unit FROM {source.relation}")).scalars()
            parts.append([bytes(unit) for unit in units])
    assert len(processes) == drawing.SESSIONS
    assert max(map(len, parts)) < 1.1 * min(map(len, parts))
    eligible = [unit for unit, _ in frame.eligible_rows(frame.Lines(content))]
    assert [unit for part in parts for unit in part] == eligible


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_tiny_list_is_drawn_like_any_other(postgresql_office: Office, count: int) -> None:
    """A list of fewer lines than sessions, down to the empty one."""
    content = b"".join(b"U%d|A||\n" % number for number in range(count))
    every = {"A": count}
    store = postgresql_office.engine.store
    with drawing.loaded(store, content, name="t", progress=lambda _: None) as rows:
        found = rows.drawn(KEY, every, every)
    lines = list(frame.eligible_rows(frame.Lines(content)))
    assert found == sampling.select_bytes(KEY, lines, every)
    assert len(found.units) == count


def test_progress_is_told_over_all_sessions(postgresql_office: Office) -> None:
    content, told = b"".join(listing(60_000)), list[int]()
    store = postgresql_office.engine.store
    with drawing.loaded(store, content, name="t", progress=told.append):
        assert told == sorted(told)
        assert told[-1] == drawing.LOADED


def test_reading_a_list_tells_how_far_it_has_come() -> None:
    content = b"".join(listing(200_000))
    told: list[int] = []
    watched = worker.Watched(content, told.append)
    assert b"".join(watched) == content
    assert told == sorted(told)
    assert told[-1] == 100
    assert len(told) > 3


@pytest.mark.nightly
@pytest.mark.timeout(300)
def test_a_million_subjects_are_drawn_alike_by_the_worker(office: Office) -> None:
    case_id = awaiting_draw(office, 1_000_000)
    assert_drawn_alike(office, case_id)
    with office.engine.store.read() as connection:
        job = connection.execute(select(work).where(work.c.case_id == case_id)).one()
    assert job.finished_at is not None
    assert job.progress >= drawing.LOADED - worker.STEP
