"""What may be opened, in the order of the year's work: planning, registries, checks, publicity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from web.opening import Offer

# Names of processes are data of a jurisdiction; what no list knows stands under the last heading.
AGENDAS: Mapping[Any, tuple[str, ...]] = {
    _l("计划和任务"): (
        "annual_plan",
        "joint_plan",
        "ad_hoc_plan",
        "plan_amendment",
        "inspection_task",
        "recusal",
        "replacement_draw",
    ),
    _l("清单、名录和细则"): (
        "item_list",
        "registry_batch",
        "inspector_filing",
        "inspection_rules",
        "scheme",
    ),
    _l("检查和处置"): (
        "non_random_inspection",
        "result_substitution",
        "lead",
        "delegation",
        "verification",
        "transfer",
    ),
    _l("公示"): ("publication", "publication_correction", "circular"),
    _l("监督和追责"): ("supervision", "accountability"),
    _l("流程与规则"): ("release",),
}
OTHERS = _l("其他")


def grouped(offers: Sequence[Offer]) -> list[tuple[str, list[Offer]]]:
    """Return the offers under their headings, in the order of the work; none is left out."""
    known = {offer.process: offer for offer in offers}
    groups = [
        (str(title), [known.pop(name) for name in names if name in known])
        for title, names in AGENDAS.items()
    ]
    groups.append((str(OTHERS), list(known.values())))
    return [(title, members) for title, members in groups if members]
