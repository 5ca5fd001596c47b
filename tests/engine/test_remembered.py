"""What was read a moment ago is not read again, and memory has a bound whatever is read."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from engine.store.remembered import Remembered


def counted(asked: list[str]) -> Callable[[str], bytes]:
    def fetch(place: str) -> bytes:
        asked.append(place)
        return place.encode() * 10

    return fetch


def test_what_was_asked_for_last_is_read_once() -> None:
    asked: list[str] = []
    remembered = Remembered(counted(asked), room=25)
    for place in ("a", "b", "a", "c", "a", "b"):  # room for two: `b` made place for `c`
        assert remembered(place) == place.encode() * 10
    assert asked == ["a", "b", "c", "b"]


def test_a_content_larger_than_the_room_pushes_nothing_out() -> None:
    asked: list[str] = []
    remembered = Remembered(counted(asked), room=25)
    for place in ("a", "large", "a", "large"):
        assert remembered(place) == place.encode() * 10
    assert asked == ["a", "large", "large"]


@given(places=st.lists(st.text(alphabet="abcdef", max_size=4), max_size=40))
def test_any_order_of_questions_gets_what_is_there(places: list[str]) -> None:
    remembered = Remembered(counted([]), room=60)
    assert [remembered(place) for place in places] == [place.encode() * 10 for place in places]
