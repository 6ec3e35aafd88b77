"""Reading the fields of an ISO 20022 message by their paths, in whatever version."""

from __future__ import annotations

from lxml import etree

from panah.core.money import Money
from panah.errors import N_, InputError
from panah.rails.bank.lines import read_amount


class Fields:
    """Reads the fields of one version by their paths without namespace."""

    def __init__(self, namespace: str) -> None:
        self._prefix = f"{{{namespace}}}"
        self._names = {None: namespace}

    def place(self, element: etree._Element) -> str:
        """Give the names of an element and the two around it, as in `BkToCstmrStmt/Stmt/Ntry`."""
        names: list[str] = []
        node: etree._Element | None = element
        while node is not None and len(names) < 3:
            tag = node.tag
            names.append(tag.removeprefix(self._prefix) if isinstance(tag, str) else "?")
            node = node.getparent()
        return "/".join(reversed(names))

    def all(self, element: etree._Element, path: str) -> list[etree._Element]:
        """Give all elements at a path."""
        return element.findall(path, namespaces=self._names)  # type: ignore[arg-type]  # None: default namespace

    def text(self, element: etree._Element, *paths: str) -> str:
        """Give the text at the first path that has one, stripped; empty if none has."""
        for path in paths:
            for found in self.all(element, path):
                text = (found.text or "").strip()
                if text:
                    return text
        return ""

    def one(self, element: etree._Element, path: str) -> etree._Element:
        """Give the only element at a path. Raises `InputError` if there is none, or more than one."""
        found = self.all(element, path)
        if len(found) != 1 or len(found[0]):
            raise InputError(
                N_("The statement lacks the field %(field)s where it must stand once."),
                hint=N_("Export the statement again at your bank."),
                field=path,
            )
        return found[0]

    def amount(self, element: etree._Element, path: str = "Amt") -> Money:
        """Read an amount with its currency."""
        found = self.one(element, path)
        return read_amount((found.text or "").strip(), found.get("Ccy"))

    def is_credit(self, element: etree._Element) -> bool:
        """Read the direction."""
        mark = (self.one(element, "CdtDbtInd").text or "").strip()
        if mark not in {"CRDT", "DBIT"}:
            raise InputError(N_("An entry is neither credit nor debit."), hint=N_("Export the statement again."))
        return mark == "CRDT"
