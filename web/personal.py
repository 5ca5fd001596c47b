"""Personal data of a case: kept apart from its history, shown to those who handle it, noted."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine.case import Case
from engine.errors import ProductError
from engine.store import access, withheld
from engine.store.people import Person
from web import dossier
from web.access import STAFF, allow, signed_in
from web.site import site

personal = Blueprint("personal", __name__, url_prefix="/cases")


class NotYours(ProductError):
    code = "not-allowed"
    zh = "本案的个人信息只给办理部门的人看；这次查看已被拒绝并记录。"
    en = "Only the departments that handle a case see its personal data; this was recorded."


@personal.post("/<number>/personal")
@allow(STAFF)
def look(number: str) -> str:
    """Show what was withheld; the look, granted or not, is noted first."""
    me, here = signed_in(), site()
    with here.store.read() as tx:
        found = dossier.find(tx, number, me)
        case = found.state(tx)
    granted = handles(case, me)
    with here.store.write() as tx:
        access.note(tx, person=me.id, what=f"personal {number}", granted=granted, at=here.now())
    if not granted:
        raise NotYours
    with here.store.read() as tx:
        words = found.words(tx, case.fields)
        shown = [
            (words.title(name), withheld.reveal(tx, case.case_id, digest))
            for name, digest in withheld_in(case)
        ]
    return render_template("cases/personal.html", found=found, shown=shown)


def handles(case: Case, person: Person) -> bool:
    """Tell whether a person works on the case: a department bound to it, or an open task."""
    bound = {member for members in case.parties.values() for member in members}
    own = {*person.departments, person.id, person.inspector_id}
    offered = {seat for offer in case.offers.values() for seat in offer.seats}
    return bool(bound & own) or bool(offered & set(person.seats))


def withheld_in(case: Case) -> list[tuple[str, str]]:
    """Return (field, digest) of everything the case holds only as a hash."""
    return [
        (name, str(value["personal"]))
        for name, value in case.fields.items()
        if isinstance(value, dict) and set(value) == {"personal"}
    ]
