"""Finds a free place for what is written outside of shapes: names of events, gateways, flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from engine.process.placement import Flow, Node
from engine.process.routing import Box, Point

LINE, GLYPH, WRAP = 15, 12, 96  # height of a line, width of a glyph, widest line


def text_width(text: str) -> int:
    """Pixels of a caption in one line: a Chinese character is as wide as two Latin letters."""
    return sum(GLYPH if ord(char) > 0x2E7F else 7 for char in text)


def _caption(text: str, x: int, y: int) -> Box:
    width = min(WRAP, text_width(text))
    return Box(x=x, y=y, width=width, height=LINE * -(-text_width(text) // WRAP))


def caption_below(box: Box, text: str) -> Box:
    caption = _caption(text, 0, 0)
    return _caption(text, box.middle[0] - caption.width // 2, box.bottom + 4)


def sign_of(box: Box) -> Box:
    """Return where the viewer hangs the sign that opens a plane: below the lower right corner."""
    return Box(x=box.right - 20, y=box.bottom + 7, width=28, height=28)


def place_captions(
    nodes: Sequence[Node],
    flows: Sequence[Flow],
    boxes: Mapping[str, Box],
    paths: Mapping[str, Sequence[Point]],
    names: Mapping[str, str],
) -> dict[str, Box]:
    """Put each caption where it hides least: shapes, flows and other captions count."""
    placed: dict[str, Box] = {}
    wholes = [boxes[node.id] for node in nodes if node.host or node.id in names] + [
        boxes[node.id] for node in nodes if node.id not in names and not node.host
    ]
    wholes += [sign_of(boxes[node.id]) for node in nodes if node.opens]
    lines = [_line(*stretch) for path in paths.values() for stretch in pairwise(path)]
    wanted = [(n.id, list(_beside(boxes[n.id], names[n.id]))) for n in nodes if names.get(n.id)]
    wanted += [(f.id, list(_along(paths[f.id], names[f.id]))) for f in flows if names.get(f.id)]
    for owner, choices in wanted:
        around = _hull(choices)
        near = (
            [box for box in wholes if _overlap(around, box)],
            [box for box in placed.values() if _overlap(around, box)],
            [line for line in lines if _overlap(around, line)],
        )
        placed[owner] = min(choices, key=lambda caption: _hidden(caption, *near))
    return placed


def _line(here: Point, there: Point) -> Box:
    x, y = min(here[0], there[0]), min(here[1], there[1])
    return Box(x=x, y=y, width=abs(here[0] - there[0]), height=abs(here[1] - there[1]))


def _hull(boxes: Sequence[Box]) -> Box:
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(x=x, y=y, width=right - x, height=bottom - y)


def _beside(box: Box, text: str) -> Iterable[Box]:
    below = caption_below(box, text)
    above = _caption(text, below.x, box.y - 4 - below.height)
    yield below
    yield above
    yield _caption(text, box.right + 2, box.middle[1] + 2)
    yield _caption(text, box.x - 2 - below.width, box.middle[1] + 2)
    for y in (box.bottom + 2, box.y - 2 - below.height):
        yield _caption(text, box.middle[0] + 8, y)
        yield _caption(text, box.middle[0] - 8 - below.width, y)


def _along(path: Sequence[Point], text: str) -> Iterable[Box]:
    width, height = _caption(text, 0, 0).width, _caption(text, 0, 0).height
    for here, there in pairwise(path):
        if here[1] == there[1]:
            x = here[0] + 6 if there[0] > here[0] else here[0] - 6 - width
            yield _caption(text, x, here[1] - height - 2)
            yield _caption(text, x, here[1] + 2)
        else:
            y = here[1] + 8 if there[1] > here[1] else here[1] - 8 - height
            yield _caption(text, here[0] + 8, y)
            yield _caption(text, here[0] - 8 - width, y)


def _hidden(caption: Box, boxes: Sequence[Box], others: Sequence[Box], lines: Sequence[Box]) -> int:
    return (
        40 * sum(_overlap(caption, box) for box in boxes)
        + 30 * sum(_overlap(caption, box) for box in others)
        + 8 * sum(_overlap(caption, line) for line in lines)
    )


def _overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom
