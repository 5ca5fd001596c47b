"""Chinese is the source; English is one catalogue, read from its text file when the program starts.

No compiled catalogue is kept anywhere: the text file is the only copy.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup, escape

CATALOGUES = Path(__file__).parent / "translations"
COOKIE = "ssj_language"
LANGUAGES = {"zh": "中文", "en": "English"}
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class TextDomain(Domain):  # type: ignore[misc]  # the library ships no types
    """A message domain that reads `messages.po` itself."""

    def get_translations(self) -> Any:
        return _catalogue("en") if language() == "en" else _catalogue("zh")


@cache
def _catalogue(name: str) -> NullTranslations:
    path = CATALOGUES / name / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as text:
        write_mo(compiled, read_po(text, locale=name))
    compiled.seek(0)
    return Translations(compiled, domain="messages")


def language() -> str:
    """Return the language of this request, "zh" or "en"."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def _choose() -> str:
    return "en" if request.cookies.get(COOKIE) == "en" else "zh_Hans_CN"


def gettext(text: str, /, **values: object) -> str:
    """Return a text in the language of this request; the Chinese text is its own key.

    A value that is marked up already stays so, and the rest is escaped."""
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(_worded(text, values)) % values
    translated = _worded(text, values)
    return translated % values if values else translated


def _worded(text: str, values: Mapping[str, object]) -> str:
    """Return the wording for these values: where one differs from many, `n` says how many."""
    catalogue = _catalogue(language())
    counted = catalogue.ngettext(text, text, 1 if str(values.get("n")) == "1" else 2)
    return catalogue.gettext(text) if counted == text else counted


def _in_template(text: str, /, **values: object) -> Markup:
    """Return a text of a page: the text is ours, what a template gives as a value is escaped."""
    return Markup(_worded(text, values)) % values  # noqa: S704  # a text of the product


def colon() -> str:
    """Return what stands between a heading's words and its subject, in the page's language."""
    return ": " if language() == "en" else "："


def tongue(words: object) -> str:
    """Return the language that words on a page are in: names stay Chinese on an English one."""
    return "zh" if _CHINESE.search(str(words)) else language()


def chinese(words: object) -> object:
    """Mark Chinese words on a page of another language, so that they are read out as Chinese."""
    if tongue(words) == language():
        return words
    return Markup('<span lang="zh">{}</span>').format(words)


class TextBabel(Babel):  # type: ignore[misc]  # the library ships no types
    """Flask-Babel with the domain that reads text catalogues."""

    @property
    def domain_instance(self) -> Domain:
        return TextDomain()


def init(app: Flask) -> None:
    app.jinja_env.filters.update(zh=chinese, tongue=tongue)
    TextBabel(
        app,
        default_locale="zh_Hans_CN",
        default_timezone="Asia/Shanghai",
        locale_selector=_choose,
    )
    app.jinja_env.globals.update(_=_in_template, colon=colon)
