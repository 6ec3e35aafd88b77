"""`HOME/site.toml`: which fund is at `/`, and under which address the world finds this site."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from panah.errors import N_, FatalError, InputError
from panah.storage.durable import write_file
from panah.storage.funds import SLUG, FundHome, list_funds

_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,255}")


@dataclass(frozen=True, slots=True)
class Site:
    """One host with its funds. `address` has no slash at its end; empty = unknown, links stay relative."""

    home: Path
    primary: str = ""
    address: str = ""
    _found: dict[str, FundHome] = field(default_factory=dict, repr=False, compare=False)

    def fund(self, slug: str = "") -> FundHome | None:
        """Give a fund of this host; without a name the one at `/`."""
        name = slug or self.primary
        known = self._found.get(name)
        if known is None and SLUG.fullmatch(name):
            found = FundHome(self.home, name)
            if found.folder.is_dir():
                known = self._found[name] = found
        return known

    def prefix(self, slug: str) -> str:
        """Give the path under which a fund is served."""
        return "/" if slug == self.primary else f"/f/{slug}/"

    def address_of(self, slug: str) -> str:
        """Give the whole address of a fund's folder; empty when this site does not know its own."""
        return f"{self.address}{self.prefix(slug)}".rstrip("/") if self.address else ""


def read_site(home: Path) -> Site:
    """Read the file; without one the first fund is at `/`. Raises `InputError` for a file that can't be read."""
    path = home / "site.toml"
    slugs = [fund.slug for fund in list_funds(home)]
    if not path.is_file():
        return Site(home, slugs[0] if slugs else "")
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            N_("site.toml can't be read."), hint=N_('It has two lines: primary = "…" and address = "…".')
        ) from error
    primary, address = value.get("primary", ""), value.get("address", "")
    if not isinstance(primary, str) or (primary and not SLUG.fullmatch(primary)):
        raise InputError(N_("site.toml: primary is not the short name of a fund."))
    if not isinstance(address, str) or (address and not _ADDRESS.fullmatch(address)):
        raise InputError(
            N_("site.toml: address is not a web address."), hint=N_("Write for example https://fund.example.")
        )
    return Site(home, primary or (slugs[0] if slugs else ""), address)


def write_site(site: Site) -> None:
    """Keep it, durable on return."""
    text = f'primary = "{site.primary}"\naddress = "{site.address}"\n'
    if site.address and not _ADDRESS.fullmatch(site.address):
        raise InputError(N_("This is not a web address."), hint=N_("Write for example https://fund.example."))
    write_file(site.home / "site.toml", text.encode())


_current: list[Site] = []


def use(site: Site) -> None:
    """Say which host this process serves; once, at start-up."""
    _current[:] = [site]


def site() -> Site:
    """Give the host that this process serves."""
    if not _current:
        raise FatalError(N_("This process serves no fund yet."))
    return _current[0]
