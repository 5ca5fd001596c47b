"""A registry import is a case: what the file said is recorded, then the rows are written."""

from __future__ import annotations

from engine.bindings import Binding, Outcome, Settling, register


def apply(settling: Settling) -> Outcome:
    """Ask for the recorded file to be written into the registry it is for."""
    fields = settling.fields
    message = {
        "kind": "apply-batch",
        "jurisdiction": settling.case.jurisdiction,
        "registry": fields["registry"],
        "file": fields["file"],
        "filename": fields["filename"],
        "root": fields["root"],
        "is_complete": fields["is_complete"],
        "removals": fields["removals"],
        "source": fields["source"],
        "applied_by": fields["applied_by"],
        # cases from before it was recorded ask for the same message as they did
        **({"before_batch": fields["before_batch"]} if "before_batch" in fields else {}),
    }
    return Outcome(result={"applied_on": settling.today.isoformat()}, messages=(message,))


register({"registry.apply": Binding(settle=apply)})
