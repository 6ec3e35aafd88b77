"""What the scripts of ask, offer and mailbox say, and the words of their lists.

Pages carry these as JSON in their own language, English too: the bundles hold no sentence, so one file of script serves
every language, and a test compares the keys.
"""

from __future__ import annotations

from typing import Final

from panah.errors import N_

EXIT: Final = "https://www.wikipedia.org/"
"""Where the way out leads: a page that anybody may have open."""
SPOKEN: Final = ("prs", "fa", "ps", "ar", "ur", "uz", "tr", "en", "fr", "de")

NEEDS: Final[dict[str, str]] = {
    "shelter": N_("A safe place to stay"),
    "food": N_("Food"),
    "medicine": N_("Medicine or a doctor"),
    "documents": N_("Papers"),
    "legal-advice": N_("Legal advice"),
    "invitation-letter": N_("An invitation letter"),
    "lawful-travel": N_("A lawful journey"),
    "translation": N_("Translation"),
    "work-or-study": N_("Work or a place to study"),
    "contact": N_("Somebody to talk to"),
    "other": N_("Something else"),
}
OFFERS: Final[dict[str, str]] = {
    "invitation-letter": N_("An invitation letter"),
    "host-home": N_("A place in my home"),
    "sponsor": N_("To be a sponsor"),
    "job-or-study": N_("Work or a place to study"),
    "legal-advice": N_("Legal advice"),
    "translation": N_("Translation"),
    "other": N_("Something else"),
}
WAITS: Final[dict[str, str]] = {
    "": N_("No fixed day"), "3": N_("In three days"), "7": N_("In a week"), "14": N_("In two weeks"),
    "30": N_("In a month"), "90": N_("In three months"),
}  # fmt: skip
TERMS: Final[dict[str, str]] = {
    "": N_("No fixed day"), "30": N_("For a month"), "90": N_("For three months"), "180": N_("For half a year"),
    "365": N_("For a year"),
}  # fmt: skip
OTHERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("UNHCR", "https://help.unhcr.org/", N_("Help for refugees, country by country")),
    ("ICRC", "https://familylinks.icrc.org/", N_("Looking for family members")),
    ("Front Line Defenders", "https://www.frontlinedefenders.org/", N_("Help for defenders of human rights")),
)
"""Bodies that answer when the team can't: name, address, what for."""

_BOTH: Final[dict[str, str]] = {
    "code-right": N_("Right: this is your code."),
    "code-other": N_("This is a code without a slip, but not the one above."),
    "code-short": N_("%(missing)s digits are missing."),
    "code-wrong": N_("There is a slip in it: one digit wrong, one too many, or two swapped."),
    "print": N_("Print"),
    "remove": N_("Take it out"),
    "files-working": N_("The file is being prepared …"),
    "files-kind": N_("This kind of file can't be sent. Photos, voice and PDF can."),
    "files-large": N_("This is too much for one message. Send the rest in a second one."),
    "write-missing": N_("Write a few words first."),
    "step-work": N_("Your device does a small sum that keeps floods away …"),
    "step-send": N_("Sending …"),
    "step-sent": N_("%(percent)s of 100 done"),
    "step-wait": N_("The line dropped. The same sealed message is tried again; nothing is sent twice."),
    "word-taken": N_("Sent. It lies sealed on our server until the team collects it."),
    "word-full": N_("Today's places are used up. Come back on %(day)s."),
    "word-closed": N_("Nobody could open a message in time now, so none is taken."),
    "word-busy": N_("Too many people are here at once. Try again in a minute."),
    "word-line": N_("There is no connection. Nothing is lost: try again."),
    "word-unreadable": N_("This is no sealed message."),
    "word-broken": N_("Something went wrong on this page. Nothing was sent."),
}
_WRITING: Final[dict[str, str]] = {
    "keys-working": N_("The team's keys are being checked …"),
    "keys-good": N_("The team's keys are checked: %(count)s members can open what you send, nobody else."),
    "keys-line": N_("There is no connection, so the team's keys are not checked yet. You can write; sending waits."),
    "full-today": N_("Today's places are used up. Come back on %(day)s. With a code from the team you can send now."),
    "keep-first": N_("Write the code down first, then tick this."),
    "step-seal": N_("Sealing …"),
}
_READING: Final[dict[str, str]] = {
    "code-right": N_("No slip in this code."),
    "open-working": N_("Opening. On a slow phone this takes some seconds …"),
    "keys-bad": N_("The team's keys do not hold on this page, so nothing is shown. Ask the team another way."),
    "read-line": N_("There is no connection. Try again."),
    "collected": N_("Collected by the team on %(day)s."),
    "waiting": N_("Not yet collected. It is deleted on %(day)s if nobody collects it."),
    "still-there": N_("A sealed copy lies on our server until %(day)s at the latest."),
    "kept": N_("Answers lie here until %(day)s. After that they are deleted one by one."),
    "delete-one": N_("Delete this message"),
    "delete-sure": N_("Tick the box first."),
    "deleted": N_("Deleted here. The team is told to delete what it has."),
    "deleted-here": N_("Deleted here. The team could not be told now: try again later."),
    "fetch": N_("Load (%(size)s)"),
    "save-file": N_("Save the file"),
    "file-bad": N_("This file could not be opened."),
}


def sentences(place: str) -> dict[str, str]:
    """Give key → English sentence of a page's script."""
    if place == "mailbox":
        return _BOTH | _READING
    return _BOTH | _WRITING
