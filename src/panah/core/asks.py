"""What people send to the team: shapes of an ask, an offer, a later word and a wish to be deleted.

Strangers write these, so what does not fit is not shown as if it did: a desk puts it among the unreadable, whole.
Booleans are 0 and 1 (canonical JSON has no others). Spec: docs/spec/casework.md.
"""

from __future__ import annotations

from typing import Any, Final

from panah.core.shapes import LANGUAGE, RECIPIENT, YES, Fits, among, day, many, octets, row, text, whole

LONGEST: Final = 20_000
"""Characters of what somebody tells at once."""
OFFERS: Final = (
    "invitation-letter", "host-home", "sponsor", "job-or-study", "legal-advice", "translation", "other",
)  # fmt: skip
NEEDS: Final = (
    "shelter", "food", "medicine", "documents", "legal-advice", "invitation-letter", "lawful-travel", "translation",
    "work-or-study", "contact", "other",
)  # fmt: skip

MAILBOX: Final = row({"recipient": RECIPIENT, "deletion": octets(32)})
PERSON: Final = row({"who": text(200)}, {"age": whole(0, 130)})

SHAPES: Final[dict[str, Fits]] = {
    "ask": row(
        {"lang": LANGUAGE, "mailbox": MAILBOX, "who": among("self", "other"), "text": text(LONGEST)},
        {
            "knows": YES, "contact": text(500), "needs": many(among(*NEEDS), 20), "household": many(PERSON, 40),
            "country": text(80), "deadline": day, "safe": text(1000), "notify": text(200), "voucher": text(80),
        },
    ),
    "offer": row(
        {"lang": LANGUAGE, "mailbox": MAILBOX, "kind": among(*OFFERS), "text": text(LONGEST)},
        {
            "capacity": whole(1, 500), "languages": many(LANGUAGE, 20), "until": day, "contact": text(500),
            "country": text(80), "notify": text(200), "voucher": text(80),
        },
    ),
    "message": row({"lang": LANGUAGE, "text": text(LONGEST)}),
    "delete": row({}),
}  # fmt: skip


def fits(kind: str, body: Any) -> bool:
    """Tell whether a body is one of this kind."""
    shape = SHAPES.get(kind)
    return shape is not None and shape(body)
