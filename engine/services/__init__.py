"""The functions behind the names of service tasks, entered in the one table of bindings."""

from __future__ import annotations

from engine.services import (
    accountability,
    batches,
    campaigns,
    children,
    closing,
    disposing,
    documents,
    draws,
    freezing,
    item_lists,
    manifests,
    publication,
    recusing,
    refreezing,
    releases,
    replacing,
    sealing,
    values,
    visits,
)

__all__ = [
    "accountability",
    "batches",
    "campaigns",
    "children",
    "closing",
    "disposing",
    "documents",
    "draws",
    "freezing",
    "item_lists",
    "manifests",
    "publication",
    "recusing",
    "refreezing",
    "releases",
    "replacing",
    "sealing",
    "values",
    "visits",
]
