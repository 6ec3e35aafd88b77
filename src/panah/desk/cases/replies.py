"""Beginnings of answers that a caseworker can take and change. None names a helper, a place or another person."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, override

from panah.errors import N_

REPLIES: Final[dict[str, tuple[str, str]]] = {
    "received": (
        N_("We have read it"),
        N_(
            "We have read your message. Two of us work on it and you will hear from us here. Nobody from us ever asks "
            "you for money or a password."
        ),
    ),
    "question": (
        N_("We have a question"),
        N_("Thank you for your message. To go on we need to know one thing from you:"),
    ),
    "control": (
        N_("Agree on a control question"),
        N_(
            "Please send us a question that only you can answer, with its answer. We will ask it later, to know that "
            "it is really you who writes."
        ),
    ),
    "cannot": (
        N_("We can't help with this"),
        N_("We are sorry: with this we can't help. We tell you so that you don't wait for us."),
    ),
}
_TONGUES: Final = {"prs": "fa", "fa": "fa", "ps": "ps", "fr": "fr", "de": "de", "ar": "ar"}


def beginnings() -> list[tuple[str, str]]:
    """Give (name, title in the member's language) of each."""
    return [(name, gettext(title)) for name, (title, _) in REPLIES.items()]


def beginning(name: str, lang: str) -> str:
    """Give the text in the language of whoever reads it, English where there is none; nothing for an unknown name."""
    if name not in REPLIES:
        return ""
    with override(_TONGUES.get(lang, "en")):
        return gettext(REPLIES[name][1])
