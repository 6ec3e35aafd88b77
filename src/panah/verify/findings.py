"""What a check found: each failure names the leaf or the file, and the rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from panah.errors import PanahError

HOLDS: Final = "holds"
FAILS: Final = "fails"
NOTE: Final = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence of the verdict. `sentence` is a template for translation, filled with `data`."""

    verdict: str
    sentence: str
    leaf: int | None = None
    file: str = ""
    data: dict[str, object] = field(default_factory=dict)

    def text(self) -> str:
        """Give the English sentence, filled."""
        return self.sentence % self.data if self.data else self.sentence

    def where(self) -> str:
        """Name leaf and file."""
        places = ([] if self.leaf is None else [f"leaf {self.leaf}"]) + ([self.file] if self.file else [])
        return ", ".join(places)


class Findings:
    """Collects findings; goes on after a failure where that can still tell something."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    @property
    def has_failed(self) -> bool:
        """Whether anything fails."""
        return any(one.verdict == FAILS for one in self.all)

    def fail(self, sentence: str, /, *, leaf: int | None = None, file: str = "", **data: object) -> None:
        """Note a failure."""
        self.all.append(Finding(FAILS, sentence, leaf, file, data))

    def fail_by(self, error: PanahError, *, leaf: int | None = None, file: str = "") -> None:
        """Note a failure in the words of the error that found it."""
        self.all.append(Finding(FAILS, error.template, leaf, file, error.data))

    def hold(self, sentence: str, /, *, leaf: int | None = None, file: str = "", **data: object) -> None:
        """Note what holds."""
        self.all.append(Finding(HOLDS, sentence, leaf, file, data))

    def note(self, sentence: str, /, *, leaf: int | None = None, file: str = "", **data: object) -> None:
        """Note what a reader should know and that is no fault."""
        self.all.append(Finding(NOTE, sentence, leaf, file, data))


@dataclass(frozen=True, slots=True)
class Report:
    """The whole verdict."""

    source: str
    findings: tuple[Finding, ...]
    facts: dict[str, Any]
    unknown: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing fails."""
        return all(one.verdict != FAILS for one in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Give it for `--json`."""
        return {
            "verdict": HOLDS if self.holds else FAILS,
            "source": self.source,
            **self.facts,
            "findings": [
                {"verdict": one.verdict, "text": one.text()}
                | ({} if one.leaf is None else {"leaf": one.leaf})
                | ({"file": one.file} if one.file else {})
                for one in self.findings
            ],
            "cannot_be_known": list(self.unknown),
        }
