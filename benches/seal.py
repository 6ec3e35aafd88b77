"""Sealing and opening through our envelope, beside bare pyrage and one Ed25519 operation on the same padded bytes.

The floor pads, frames, spells and checks nothing; keys are loaded ahead on both sides, the reader's own key is the
last of the recipients'. Processor time of this process, rounds in turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict
from panah.seal import envelope, letter, outer
from panah.seal.letter import File, Letter, Signer
from panah.seal.padding import KIB
from panah.seal.recipients import read_recipients
from panah.seal.unseal import open_envelope, read_identities

ORIGIN = "lantern.invalid"
TEXT = "سه نفریم، یکی بیمار. ویزا تا ماه آینده اعتبار دارد. " * 12
"""About 1 kB, as a plea or a note is."""
CASES = ((4, 1), (4, 3), (4, 10), (64, 3), (1024, 3))
"""KiB of plaintext, recipients."""


class Case:
    """One letter for so many recipients, sealed and opened both ways."""

    def __init__(self, size: int, readers: int, *, signed: bool) -> None:
        identities = [str(pyrage.x25519.Identity.generate()) for _ in range(readers)]
        public = [str(pyrage.x25519.Identity.from_str(one).to_public()) for one in identities]
        self.recipients, self.identities = read_recipients(public), read_identities(identities[-1:])
        self.key = Ed25519PrivateKey.generate()
        self.check = self.key.public_key()
        self.signer = Signer("lale", self.key) if signed else None
        paper = (File("paper.jpg", "image/jpeg", bytes(range(256)) * (size * 4 - 12)),) if size > 4 else ()
        kind, by = ("event", "lale") if signed else ("ask", "")
        self.letter = Letter(ORIGIN, kind, 12, {"text": TEXT, "people": 3}, bytes(32), paper, by)
        self.padded = letter.write(self.letter, self.signer)
        if len(self.padded) != size * KIB:
            raise RuntimeError("another bucket")
        self.stored = envelope.close(self.letter, self.recipients, self.signer)
        self.age = self.stored[outer.parse(self.stored).start : outer.parse(self.stored).end]
        self.signature = self.key.sign(self.padded)
        self.to, self.ours = list(self.recipients.keys), list(self.identities.keys)

    def bare_seal(self) -> None:
        if self.signer:
            self.key.sign(self.padded)
        pyrage.encrypt(self.padded, self.to)

    def seal(self) -> None:
        envelope.close(self.letter, self.recipients, self.signer)

    def bare_open(self) -> None:
        plaintext = pyrage.decrypt(self.age, self.ours)
        if self.signer:
            self.check.verify(self.signature, plaintext)

    def open(self) -> None:
        open_envelope(self.stored, self.identities, origin=ORIGIN, keys=lambda *_: self.check, mailbox=bytes(32))


def spent(work: Callable[[], None], seconds: float) -> float:
    """Processor seconds of one call, over as many as fit into about so many seconds."""
    began = time.process_time()
    work()
    count = max(3, int(seconds / max(time.process_time() - began, 1e-5)))
    began = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - began) / count


def lines(rounds: int, seconds: float) -> Iterator[Line]:
    for size, readers in CASES:
        for signed in (False, True):
            case = Case(size, readers, signed=signed)
            works = {"bare seal": case.bare_seal, "seal": case.seal, "bare open": case.bare_open, "open": case.open}
            took = in_turns(rounds, {name: partial(spent, work, seconds) for name, work in works.items()})
            what = f"{size} KiB to {readers}" + (", signed" if signed else "")
            for name in ("seal", "open"):
                bare, ours = took[f"bare {name}"], took[name]
                note = f"{middle(ours) * 1e6:,.0f} µs, bare {middle(bare) * 1e6:,.0f}"
                yield Line(f"{name} {what} / bare", ratio(bare, ours), "of CPU", limit=">= 0.8", note=note)


def main(words: Sequence[str] | None = None) -> int:
    asked = arguments(__doc__ or "", rounds=9, seconds=0.2).parse_args(words)
    found = list(lines(asked.rounds, asked.seconds))
    show("Envelopes", found)
    return verdict(found, asked.check)


if __name__ == "__main__":
    run(main)
