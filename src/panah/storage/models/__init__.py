"""All tables of one fund. Hot paths use them through `storage/batch.py`; everything else by the ORM."""

from panah.storage.models.call import RailCall, Replay, Visit
from panah.storage.models.ending import Refund, RefundRequest, StoppedRail
from panah.storage.models.fund import Counter, Fund, LogHead, Statement
from panah.storage.models.gift import BankLine, Gift, RailEventRow
from panah.storage.models.journal import Entry, Posting
from panah.storage.models.relay import Acknowledgement, Answer, Challenge, Envelope, IntakeDay, Voucher
from panah.storage.models.text import Update, UpdateImage

__all__ = [
    "Acknowledgement",
    "Answer",
    "BankLine",
    "Challenge",
    "Counter",
    "Entry",
    "Envelope",
    "Fund",
    "Gift",
    "IntakeDay",
    "LogHead",
    "Posting",
    "RailCall",
    "RailEventRow",
    "Refund",
    "RefundRequest",
    "Replay",
    "Statement",
    "StoppedRail",
    "Update",
    "UpdateImage",
    "Visit",
    "Voucher",
]
