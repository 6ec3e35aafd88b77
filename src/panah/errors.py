"""One tree of errors: a stable code, the data, one plain sentence, and a hint what to do.

Promises: `sentence` is an English template that is also the key in the translation catalogues;
`data` fills it; neither ever holds a secret or a person's data. Whoever shows an error translates
`sentence` and `hint` and fills them with `data`; the log line is `code` alone.
"""

from __future__ import annotations

from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802 - the name that gettext extractors know
    """Mark a sentence for the translation catalogues and return it unchanged."""
    return sentence


class PanahError(Exception):
    """Something a person can understand and act on.

    `code` names the rule (stable, ASCII), `sentence` says what is wrong, `hint` what to do now.
    """

    code: ClassVar[str] = "panah"
    sentence: ClassVar[str] = N_("Something went wrong.")
    hint: ClassVar[str] = ""

    def __init__(self, sentence: str = "", *, hint: str = "", **data: object) -> None:
        self.template = sentence or self.sentence
        self.hint_template = hint or self.hint
        self.data = data
        super().__init__(self.text())

    def text(self) -> str:
        """Give the English sentence, filled."""
        return self.template % self.data if self.data else self.template

    def hint_text(self) -> str:
        """Give the English hint, filled; empty when there is none."""
        return self.hint_template % self.data if self.data else self.hint_template


class RefusedError(PanahError):
    """A rule of the fund says no: nothing was changed."""

    code = "refused"


class InputError(PanahError):
    """What was handed in can't be read: nothing was changed."""

    code = "input"


class ProofError(PanahError):
    """A proof, signature, hash or encoding does not hold."""

    code = "proof"


class FatalError(PanahError):
    """The process must stop: going on could sign a second history or lose money."""

    code = "fatal"
