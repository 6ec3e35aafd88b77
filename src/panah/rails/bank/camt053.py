"""camt.053, the bank statement of ISO 20022: versions 001.02 to 001.13.

Promises: reads every booked entry of every statement in the file, splits batches into their transfers, and
hands over nothing it is not sure of. Refuses, in a plain sentence: other messages and versions, document type
definitions (so no entity is ever defined, expanded or fetched), other encodings than the few banks use, files
over the limit, missing fields, sums that do not add up. The file is read as a stream, entry by entry.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from lxml import etree

from panah.errors import N_, InputError
from panah.rails.bank.camtentry import Part, entry_lines, read_part
from panah.rails.bank.camtfields import Fields
from panah.rails.bank.camtstatement import Collected, finish
from panah.rails.bank.lines import Statement, refuse_large

VERSIONS: Final = frozenset(f"{number:02}" for number in range(2, 14))
_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:([a-z]{4}[.]\d{3}[.]\d{3})[.](\d{2})")
_ENCODINGS: Final = frozenset(
    {
        "utf-8",
        "utf-16",
        "utf-16le",
        "utf-16be",
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "iso-8859-15",
        "windows-1252",
    }
)
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
_EXPORT: Final = N_("Export the statement again at your bank, as camt.053.")
_OTHER: Final = {
    "camt.052.001": N_("This is a report of the running day (camt.052), not a statement."),
    "camt.054.001": N_("This is a notice of single bookings (camt.054), not a statement."),
}


def parse(data: bytes) -> tuple[Statement, ...]:
    """Read all statements of a file. Raises `InputError` and nothing else for whatever bytes it is given."""
    refuse_large(len(data))
    _refuse_hostile(data)
    try:
        return tuple(_Reader(data).statements())
    except etree.LxmlError as error:
        # libxml2's own words can quote the file: a name may stand there. Only the line number goes on.
        line = getattr(error, "lineno", None) or 0
        raise InputError(N_("This file is not well-formed XML (line %(line)s)."), hint=_EXPORT, line=line) from None
    except (UnicodeError, LookupError):
        raise InputError(N_("This file is not in the encoding that it declares."), hint=_EXPORT) from None


def _refuse_hostile(data: bytes) -> None:
    wide = data[:4096].count(0) > 16
    plain = data.replace(b"\0", b"") if wide else data
    # In every allowed encoding these bytes are the ASCII ones, with NULs between them in UTF-16.
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise InputError(N_("This file has a document type definition; bank statements have none."), hint=_EXPORT)
    declared = _DECLARED.search(plain[:1024])
    if declared and declared[1].decode().lower() not in _ENCODINGS:
        raise InputError(N_("This file declares an encoding that banks do not use."), hint=_EXPORT)


class _Reader:
    """Walks one file; holds no more of it than the entry being read."""

    def __init__(self, data: bytes) -> None:
        self._events = etree.iterparse(
            BytesIO(data),
            events=("start", "end"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._fields: Fields | None = None
        self._parts: list[Part] = []

    def statements(self) -> list[Statement]:
        """Read the whole file."""
        done: list[Statement] = []
        current = Collected()
        for event, element in self._events:
            if self._fields is None:
                self._fields = _open(element)
            if event == "start":
                continue
            where = self._fields.place(element)
            if where == "Ntry/NtryDtls/TxDtls":
                self._parts.append(read_part(self._fields, element))
                _forget(element)
            elif where == "BkToCstmrStmt/Stmt/Ntry":
                current.add(entry_lines(self._fields, element, self._parts))
                self._parts = []
                _forget(element)
            elif where == "Document/BkToCstmrStmt/Stmt":
                done.append(finish(self._fields, element, current))
                current = Collected()
                _forget(element)
        if not done:
            raise InputError(N_("This file has no statement in it."), hint=_EXPORT)
        return done


def _open(root: etree._Element) -> Fields:
    """Check the first element: the message and its version."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError(N_("This file has a document type definition; bank statements have none."), hint=_EXPORT)
    space, _, name = str(root.tag).removeprefix("{").rpartition("}")  # QName raises for names that only lxml lets pass
    found = _NAMESPACE.fullmatch(space)
    if name != "Document" or not found:
        raise InputError(N_("This XML file is not a bank statement."), hint=_EXPORT)
    message, version = found[1], found[2]
    if message != "camt.053.001":
        raise InputError(
            _OTHER.get(message, N_("This is a %(message)s message, not a bank statement.")),
            hint=N_("Ask your bank's export for camt.053, the statement of booked days."),
            message=message,
        )
    if version not in VERSIONS:
        raise InputError(
            N_("This is camt.053 in version %(version)s; versions 02 to 13 are read."),
            hint=N_("Choose another version at your bank, such as 08."),
            version=version,
        )
    return Fields(space)


def _forget(element: etree._Element) -> None:
    parent = element.getparent()
    element.clear()
    if parent is not None:
        parent.remove(element)
