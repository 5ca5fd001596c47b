"""The words for every code: message and hint, in Chinese and in English.

A message quotes what the user wrote in 「」; it never carries the text of an exception. `{label}`
is what people call the element: its name, or its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.process.wording import Wording
from engine.process.wordings_elements import ELEMENTS, NAMES, READING
from engine.process.wordings_structure import SOUNDNESS, STRUCTURE

WORDINGS: Mapping[str, Wording] = MappingProxyType(
    {**READING, **NAMES, **ELEMENTS, **STRUCTURE, **SOUNDNESS}
)
