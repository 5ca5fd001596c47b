"""The functions behind the names of service tasks, entered in the one table of bindings."""

from __future__ import annotations

from engine.services import children, documents, draws, publication, releases

__all__ = ["children", "documents", "draws", "publication", "releases"]
