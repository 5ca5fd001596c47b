"""The audit recomputes what followed: whoever forges a well-sealed history is still found."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from engine import bundle
from engine.audit import Audit, audit_stored
from engine.errors import ProductError
from engine.history import Record, canonical
from engine.store import schema
from engine.store.tables import cases, personal
from engine.store.tables import events as recorded
from engine.version import Version
from tests.engine import chains, forgery
from tests.engine.forgery import envelopes, forged, resealed
from tests.engine.furnished import copied
from tests.engine.office import Office

Envelope = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    records: tuple[Record, ...]
    version: Version

    def seq_of(self, kind: str, nth: int = 0) -> int:
        return [record.seq for record in self.records if record.kind == kind][nth]

    def after(self, seq: int, change: Callable[[Envelope], None]) -> Audit:
        return audit_stored(forged(self.records, seq, change), self.version)


@pytest.fixture(scope="module")
def drawn(
    furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Dossier]]:
    """The histories of a task with its draw, of its plan and of one inspection."""
    office = copied(furnished_sqlite, tmp_path_factory.mktemp("drawn"))
    task = chains.drawn_task(office)
    parent = office.case(task).parent
    assert parent is not None
    inspection = office.children(task, "inspection")[0]
    chains.finish(office, inspection)
    chosen = {"task": task, "plan": UUID(parent), "inspection": inspection}
    yield {
        name: Dossier(
            records=office.records(case_id),
            version=office.engine.shelf.get(office.version(case_id)),
        )
        for name, case_id in chosen.items()
    }
    office.engine.store.dispose()


def test_a_changed_draw_is_found_at_its_exact_event(drawn: dict[str, Dossier]) -> None:
    dossier = drawn["task"]
    settled = [record for record in dossier.records if record.kind == "service-settled"]
    objects = next(r for r in settled if any("draw" in name for name in r.event.result))  # type: ignore[union-attr]

    def swap(envelope: Envelope) -> None:
        result = envelope["payload"]["result"]
        name = next(name for name in result if "draw" in name)
        result[name] = "0" * 64 if isinstance(result[name], str) else 1

    first = dossier.after(objects.seq, swap).discrepancies[0]
    assert (first.seq, first.code) == (objects.seq, "work")
    assert "长任务结果不一致" in first.sentence()


def test_a_changed_verdict_is_found_at_its_exact_event(drawn: dict[str, Dossier]) -> None:
    dossier = drawn["plan"]
    seq = dossier.seq_of("rule-assessed")
    found = dossier.after(seq, lambda envelope: envelope["payload"].update(verdict="免除"))
    assert [(d.seq, d.code) for d in found.discrepancies] == [(seq, "consequence")]
    assert "免除" in found.discrepancies[0].recorded


def test_a_moved_deadline_is_found_at_its_exact_event(drawn: dict[str, Dossier]) -> None:
    dossier = drawn["inspection"]
    seq = dossier.seq_of("deadline-set")
    later = {"due_at": "2027-01-01T16:00:00.000000Z"}
    found = dossier.after(seq, lambda envelope: envelope["payload"].update(later))
    assert [(d.seq, d.code) for d in found.discrepancies] == [(seq, "consequence")]


def test_a_changed_answer_of_a_form_is_found_by_what_followed(drawn: dict[str, Dossier]) -> None:
    dossier = drawn["plan"]
    seq = dossier.seq_of("task-completed")
    found = dossier.after(seq, lambda envelope: envelope["payload"]["data"].update(base_count=99))
    assert not found.is_clean
    assert seq <= found.discrepancies[0].seq <= dossier.seq_of("task-completed", 1)


def test_a_consequence_left_out_put_in_or_moved_is_found(drawn: dict[str, Dossier]) -> None:
    dossier = drawn["plan"]
    written = envelopes(dossier.records)
    place = next(
        i for i, e in enumerate(written) if i > 3 and e["role"] == "consequence" and not e["digest"]
    )
    without = [*written[:place], *written[place + 1 :]]
    doubled = [*written[: place + 1], *written[place:]]
    swapped = [*written[:place], written[place + 1], written[place], *written[place + 2 :]]
    for altered in (without, doubled, swapped):
        found = audit_stored(resealed(altered), dossier.version)
        assert found.discrepancies[0].seq in (place, place + 1, place + 2)


def test_a_history_cut_off_inside_a_command_is_found(drawn: dict[str, Dossier]) -> None:
    dossier = drawn["plan"]
    ends = [record.seq for record in dossier.records if record.digest is not None]
    for upto in range(1, len(dossier.records) + 1):
        stored = [(record.body, record.hash) for record in dossier.records[:upto]]
        assert audit_stored(stored, dossier.version).is_clean == (upto in ends), upto


def test_another_version_than_the_pinned_one_is_named(drawn: dict[str, Dossier]) -> None:
    found = audit_stored(
        [(record.body, record.hash) for record in drawn["plan"].records], drawn["task"].version
    )
    assert [(d.seq, d.code) for d in found.discrepancies] == [(1, "version")]


def test_an_event_of_another_actor_is_found_when_only_the_column_says_so(
    sqlite_office: Office,
) -> None:
    plan = chains.drafted_plan(sqlite_office)
    with sqlite_office.engine.store.write() as connection:
        forgery.unlock(connection)
        connection.execute(
            recorded.update()
            .where(recorded.c.case_id == plan, recorded.c.seq == 3)
            .values(actor="somebody")
        )
        schema.lock_events(connection)
    found = sqlite_office.audit(plan)
    assert [(d.seq, d.code) for d in found.discrepancies] == [(3, "column")]


def test_erased_personal_data_leaves_every_proof_valid(sqlite_office: Office) -> None:
    task = chains.drawn_task(sqlite_office)
    inspection = sqlite_office.children(task, "inspection")[0]
    chains.finish(sqlite_office, inspection)
    with sqlite_office.engine.store.write() as connection:
        assert connection.execute(delete(personal)).rowcount > 0
        connection.execute(cases.update().values(state=None))
    assert all(found.is_clean for found in sqlite_office.audit_all())


# ---------------------------------------------------------------- what a late machine changes


def test_a_late_scheduler_moves_no_deadline(sqlite_office: Office) -> None:
    plan = chains.drafted_plan(sqlite_office)
    sqlite_office.do(plan, "sign_off")
    due = {slot: deadline.due_at for slot, deadline in sqlite_office.case(plan).deadlines.items()}
    first = min(moment for moment in due.values() if moment)
    sqlite_office.hand.moment = first + timedelta(days=9)
    sqlite_office.settle()
    fired = [record for record in sqlite_office.records(plan) if record.kind == "timer-fired"]
    assert fired[0].event.due_at == first  # type: ignore[union-attr]
    assert fired[0].at > first + timedelta(days=8)
    assert sqlite_office.audit(plan).is_clean


# ---------------------------------------------------------------- bundles


def packed(dossier: Dossier) -> bytes:
    return bundle.pack(dossier.records, dossier.version)


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """Return a bundle with changed members; None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            member = change(name, source.read(name))
            if member is not None:
                target.writestr(name, member)
    return out.getvalue()


@pytest.mark.parametrize("which", ["plan", "task", "inspection"])
def test_a_bundle_is_audited_without_any_database(drawn: dict[str, Dossier], which: str) -> None:
    found = bundle.audit_file(packed(drawn[which]))
    assert found.is_clean, found.discrepancies
    assert found.events == len(drawn[which].records)


def test_an_altered_event_in_a_bundle_is_located(drawn: dict[str, Dossier]) -> None:
    def alter(name: str, content: bytes) -> bytes:
        if name != "events.jsonl":
            return content
        lines = content.decode().splitlines()
        lines[4] = lines[4].replace("2026", "2025")
        return "\n".join(lines).encode()

    found = bundle.audit_file(repacked(packed(drawn["plan"]), alter))
    assert [(d.seq, d.code) for d in found.discrepancies] == [(5, "chain")]


def test_an_altered_rule_in_a_bundle_is_refused_by_its_address(drawn: dict[str, Dossier]) -> None:
    content = packed(drawn["plan"])
    path = next(p for p in drawn["plan"].version.manifest if p.endswith(".md"))

    def alter(name: str, member: bytes) -> bytes:
        return member + b"\n" if name == f"version/{path}" else member

    with pytest.raises(bundle.BundleBroken, match=rf"文件 version/{re.escape(path)} 损坏"):
        bundle.audit_file(repacked(content, alter))


def test_an_altered_rule_with_a_matching_manifest_is_another_version(
    drawn: dict[str, Dossier],
) -> None:
    path = next(p for p in drawn["plan"].version.manifest if p.endswith(".md"))

    def alter(name: str, member: bytes) -> bytes:
        if name == f"version/{path}":
            return member + b"\n"
        if name != "version.json":
            return member
        manifest = json.loads(member)
        original = drawn["plan"].version.fetch(manifest[path])
        manifest[path] = hashlib.sha256(original + b"\n").hexdigest()
        return canonical(manifest)

    found = bundle.audit_file(repacked(packed(drawn["plan"]), alter))
    assert [(d.seq, d.code) for d in found.discrepancies] == [(1, "version")]


def test_an_altered_list_in_a_bundle_is_found_where_the_draw_rests_on_it(
    drawn: dict[str, Dossier],
) -> None:
    def alter(name: str, member: bytes) -> bytes:
        return member.replace(b"|", b"/", 1) if name.startswith("files/") else member

    found = bundle.audit_file(repacked(packed(drawn["task"]), alter))
    assert not found.is_clean
    assert found.discrepancies[0].code in ("work", "replay", "consequence")


@pytest.mark.parametrize("left_out", ["events.jsonl", "version.json", "version/diagram.bpmn"])
def test_an_incomplete_bundle_is_refused_with_a_sentence(
    drawn: dict[str, Dossier], left_out: str
) -> None:
    content = packed(drawn["plan"])
    short = repacked(content, lambda name, member: None if name == left_out else member)
    with pytest.raises(ProductError, match=f"缺少文件 {left_out}"):
        bundle.audit_file(short)


@pytest.mark.parametrize("name", ["events.jsonl", "version.json", "version/diagram.bpmn"])
def test_a_flipped_byte_of_a_bundle_names_the_member(drawn: dict[str, Dossier], name: str) -> None:
    content = bytearray(packed(drawn["plan"]))
    with zipfile.ZipFile(io.BytesIO(content)) as members:
        member = members.getinfo(name)
    start = member.header_offset + 30 + len(name)
    content[start + member.compress_size // 2] ^= 1
    with pytest.raises(bundle.BundleBroken, match=f"文件 {name} 损坏"):
        bundle.audit_file(bytes(content))


def test_a_file_that_is_no_zip_is_told_in_words() -> None:
    with pytest.raises(bundle.BundleBroken, match="不是 zip 文件"):
        bundle.audit_file(b"no zip at all")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_zip_is_a_sentence_and_never_a_crash(
    drawn: dict[str, Dossier], data: st.DataObject
) -> None:
    content = bytearray(packed(drawn["plan"]))
    start = data.draw(st.integers(0, len(content) - 4))
    content[start : start + 4] = data.draw(st.binary(min_size=1, max_size=4))
    with contextlib.suppress(ProductError):
        assert bundle.audit_file(bytes(content)).events
