"""The functions behind the names of service tasks, entered in the one table of bindings."""

from __future__ import annotations

from engine.services import (
    batches,
    children,
    closing,
    documents,
    draws,
    freezing,
    manifests,
    publication,
    releases,
)

__all__ = [
    "batches",
    "children",
    "closing",
    "documents",
    "draws",
    "freezing",
    "manifests",
    "publication",
    "releases",
]
