"""The people of a demonstration, as the sign-in page offers them."""

from __future__ import annotations

from engine.store.people import Person
from web.site import site


def password() -> str:
    """Return what programs sign in with; a real office never loads the demonstration."""
    from engine.demo.people import PASSWORD

    return PASSWORD


def offices(found: tuple[Person, ...]) -> list[tuple[str, str, list[Person]]]:
    """Return the people of a demonstration by place and department, desk officers first."""
    known: dict[tuple[str, str], list[Person]] = {}
    for person in sorted(found, key=lambda each: not each.at_a_desk):
        if person.positions and not person.disabled:
            known.setdefault((person.jurisdiction, person.home), []).append(person)
    return [
        (place, department, known[place, department])
        for place, shelf in site().shelves.items()
        for department in shelf.law.organisation.departments
        if (place, department) in known
    ]
