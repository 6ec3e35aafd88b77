"""The sentences that browser scripts show, so that one catalogue translates pages and scripts alike.

Keys and English are those of `web/src/check/words.ts` and `web/src/give/words.ts` (a test compares them).
A page carries the translations as JSON in `<template id="panah-words">`; English needs none.
"""

from __future__ import annotations

import json
from typing import Final

from django.utils.translation import gettext, override

from panah.errors import N_
from panah.site.publish.tongues import tongue

CHECK: Final[dict[str, str]] = {
    "title": N_("Check these books yourself"),
    "intro": N_(
        "Your own browser recomputes what this page prints, from the files of the public log. Nothing is sent anywhere."
    ),
    "working": N_("Checking …"),
    "failed": N_("Something does not hold."),
    "unread": N_("This could not be checked now."),
    "head-holds": N_("The log has %(size)s entries, and its key signed for exactly these."),
    "head-key": N_(
        "The log's key was changed since the start. The full check shows whether two members signed the change."
    ),
    "key-holds": N_("Two members signed the change of the log's key."),
    "key-fails": N_("No entry of the log names the key that signed it."),
    "print-holds": N_(
        "This is the fund with the fingerprint %(fingerprint)s. Compare it with one that you got another way."
    ),
    "print-fails": N_("The log belongs to another fund: %(fingerprint)s."),
    "origin-fails": N_("The log is of %(origin)s, not of this page's fund."),
    "page-newer": N_(
        "This page speaks of %(page)s entries, the log has only %(size)s: a copy that is behind, or "
        "entries taken away. Load the page again in some minutes."
    ),
    "since-holds": N_("The log only added to what this browser saw before (%(size)s entries)."),
    "since-fails": N_(
        "The log does not continue what this browser saw before. Keep both files and show them to others."
    ),
    "since-old": N_("Download what was signed before"),
    "since-new": N_("Download what is signed now"),
    "remember": N_("Remember the head of the log in this browser, to notice if something is taken away later"),
    "remember-note": N_("This leaves a trace on this device: that you visited this page."),
    "full-button": N_("Check all entries (%(size)s to load)"),
    "full-again": N_("Check all entries again"),
    "full-note": N_("This loads the whole log and can take a while on a slow line."),
    "progress": N_("%(done)s of %(size)s entries read"),
    "full-holds": N_("Every entry keeps the rules, and all together lead to the signed head of the log."),
    "signed-holds": N_("Every act of the team carries the signatures of the members that it needs."),
    "notice": N_(
        "People outside the team, whom the charter names, announced a new team in entry %(index)s. It can "
        "take over from %(day)s, unless two present members sign something before."
    ),
    "recovered": N_(
        "People outside the team, whom the charter names, brought in the team of entry %(index)s. Ask the "
        "team whether it is right."
    ),
    "totals-hold": N_("Received %(gross)s, counted %(counted)s, held %(held)s: equal to what this page prints."),
    "totals-fail": N_(
        "The entries give: received %(gross)s, counted %(counted)s, held %(held)s. This page prints other totals."
    ),
    "totals-differ": N_("This page was made for %(page)s entries; the log is now at %(size)s."),
    "fails-where": N_("It fails here: %(where)s"),
    "fails-rule": N_("The broken rule: %(rule)s"),
    "unread-file": N_("This file could not be loaded: %(path)s"),
    "not-known": N_(
        "What no check of files can know: whether every gift and payment was entered. The team has "
        "signed that they are."
    ),
    "full-tool": N_("The complete check, on your own machine: panah verify."),
    "gift-title": N_("Find your own gift"),
    "gift-label": N_("The 27 digits of your receipt"),
    "gift-note": N_(
        "The code stays in this browser. It reads all entries (%(size)s to load), so that nobody sees "
        "which gift you look for."
    ),
    "gift-button": N_("Find my gift"),
    "gift-short": N_("%(missing)s digits are missing."),
    "gift-wrong": N_("This code has a slip in it: one digit wrong, one too many, or two swapped."),
    "gift-found": N_("Found: %(amount)s, %(day)s, entry %(index)s."),
    "gift-counted": N_("%(counted)s of it counts towards the goal."),
    "gift-held": N_("%(held)s of it is held: it arrived past the goal."),
    "gift-returned": N_("Of %(amount)s, %(left)s is left in the books: the rest was returned or passed on."),
    "gift-proof": N_("Download the proof (.tlog-proof)"),
    "gift-none": N_(
        "No gift with this code is in the log. A new gift appears after the next batch of entries; a "
        "transfer, after the bank statement was read."
    ),
    "demo": N_("DEMO: this fund holds no real money."),
}
GIVE: Final[dict[str, str]] = {
    "code-title": N_("Your receipt code"),
    "code-made": N_(
        "Your browser made this code; our server never learns it. With it you find your gift in the public books."
    ),
    "code-keep": N_("Write it down or print it before you go on: nobody can give it to you again."),
    "code-copy": N_("Copy"),
    "code-copied": N_("Copied. Keep it where only you can read it."),
    "code-print": N_("Print"),
    "code-check": N_("Type it once to check what you wrote down"),
    "code-right": N_("Right: this is your code."),
    "code-other": N_("This is a code without a slip, but not the one above."),
    "code-valid": N_("No slip in this code."),
    "code-short": N_("%(missing)s digits are missing."),
    "code-wrong": N_("There is a slip in it: one digit wrong, one too many, or two swapped."),
}


def spelled(sentences: dict[str, str], tag: str) -> str:
    """Give the translations as JSON; empty where the catalogue has none, because scripts know English."""
    with override(tongue(tag).django):
        own = {key: gettext(english) for key, english in sentences.items()}
    own = {key: text for key, text in own.items() if text != sentences[key]}
    return json.dumps(own, ensure_ascii=False, separators=(",", ":")) if own else ""
