"""The words of people for the terms of events: statuses, needs, kinds of offers, checks, reasons."""

from __future__ import annotations

from typing import Final

from panah.errors import N_

WORDS: Final[dict[str, str]] = {
    # how a case stands, in core/casework_life.py
    "asked": N_("asked"), "verified": N_("verified"), "supported": N_("supported"), "waiting": N_("waiting"),
    "travelling": N_("travelling"), "safe": N_("safe"), "closed": N_("closed"), "declined": N_("declined"),
    "referred": N_("referred"), "lost-contact": N_("lost contact"),
    # what is asked and offered, in core/asks.py
    "shelter": N_("shelter"), "food": N_("food"), "medicine": N_("medicine"), "documents": N_("documents"),
    "legal-advice": N_("legal advice"), "invitation-letter": N_("invitation letter"),
    "lawful-travel": N_("lawful travel"), "translation": N_("translation"), "work-or-study": N_("work or study"),
    "contact": N_("contact with others"), "other": N_("other"), "host-home": N_("host home"),
    "sponsor": N_("sponsor"), "job-or-study": N_("job or study place"),
    # how needs and offers stand
    "open": N_("open"), "met": N_("met"), "dropped": N_("dropped"), "taken": N_("taken"), "ended": N_("ended"),
    # what is checked of an offer, in core/teamwork.py
    "identity": N_("identity seen"), "reference": N_("reference heard"), "talk": N_("talk noted"),
    "contact-outside": N_("contact outside the home"), "vetted": N_("vetted by two"),
    # what is due, in core/casework_clocks.py
    "shred": N_("shred the case"), "paper": N_("delete the paper"), "task": N_("task"), "deadline": N_("deadline"),
    "consent": N_("consent ends"), "verify": N_("verify or decline"), "withdrawn": N_("withdrawn: shred the case"),
    # who asks, what came
    "self": N_("for themselves"), "ask": N_("ask"), "offer": N_("offer"),
    "message": N_("message"), "delete": N_("wish to be deleted"),
}  # fmt: skip
