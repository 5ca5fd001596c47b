"""supervise: what the record shows of duties not done, with the events that show it."""

from __future__ import annotations

from datetime import datetime

import click

from engine import boot, clock, config, supervise
from engine.cli.places import known
from engine.cli.speech import as_json, language, print_json, say
from engine.oversight.findings import Finding
from engine.supervise import Overview
from rules.supervision import ASKED


@click.command()
@click.argument("jurisdiction", callback=known)
@click.option("--branch", default=None, help="只看一种情形，例如 L09")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="从哪一天起立案")
@as_json
def oversee(jurisdiction: str, branch: str | None, since: datetime | None, in_json: bool) -> None:
    """列出监督线索：每一条都有案件、事件编号、哈希和判断的规则。不会自动追究任何人。"""
    engine = boot.open_engine(config.read())
    found = supervise.overview(engine, jurisdiction, since=since.date() if since else None)
    if branch is not None and found.watch.branch(branch) is None:
        there = "、".join(each.code for each in found.watch.branches)
        raise click.BadParameter(f"没有情形「{branch}」；有：{there}", param_hint="--branch")
    shown = [each for each in found.findings if branch in (None, each.branch.code)]
    if in_json:
        print_json({"findings": [_record(each, found) for each in shown]})
        return
    for each in shown:
        _tell(each, found)
    say(f"{len(shown)} 条线索。", f"{len(shown)} findings")


def _tell(each: Finding, found: Overview) -> None:
    taken = found.taken(each)
    click.echo(
        f"{each.branch.code} {each.number} {each.department} {each.standing} "
        f"{each.branch.name}" + (f" → {taken}" if taken else "")
    )
    for evidence in each.evidence:
        day = clock.legal_day(evidence.at).isoformat()
        place = f"{evidence.number}#{evidence.seq} {evidence.hash[:12]}"
        click.echo(f"    {day} {place} {evidence.sentence(language())}")
    for question in each.questions:
        click.echo(f"    ? {question}")


def _record(each: Finding, found: Overview) -> dict[str, object]:
    return {
        "branch": each.branch.code,
        "name": each.branch.name,
        "standing": "asked" if each.standing == ASKED else "seen",
        "questions": list(each.questions),
        "case": each.number,
        "department": each.department,
        "rule": each.rule,
        "verdict": each.verdict,
        "citations": [f"{cite.document} {cite.clause} {cite.quote}" for cite in each.citations],
        "counts": dict(each.counts),
        "taken_up": found.taken(each),
        "evidence": [
            {
                "case": evidence.number,
                "seq": evidence.seq,
                "hash": evidence.hash,
                "at": clock.text(evidence.at),
                "kind": evidence.kind,
                "says": evidence.sentence(language()),
            }
            for evidence in each.evidence
        ],
    }


def attach(group: click.Group) -> None:
    group.add_command(oversee, name="supervise")
