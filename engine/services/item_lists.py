"""An approved item list comes into force: its items enter the registry, the case is the source."""

from __future__ import annotations

from engine.bindings import Binding, Outcome, Settling, register


def activate(settling: Settling) -> Outcome:
    """Ask for the approved items to be written into the registry of items."""
    fields, case = settling.fields, settling.case
    message = {
        "kind": "apply-items",
        "jurisdiction": case.jurisdiction,
        "department": next(iter(case.parties.get("department", ())), ""),
        "items": list(fields["list_items"]),
        "source": f"{case.number} {fields.get('list_title', case.title)}",
        "applied_by": str(fields.get("list_decided_by", "")),
    }
    return Outcome(
        result={"item_status": "有效", "items_activated_on": settling.today.isoformat()},
        messages=(message,),
    )


register({"items.activate": Binding(settle=activate)})
