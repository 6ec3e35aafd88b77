"""A fund's whole public face as files that any web server or mirror can serve.

Promises: `publish` writes only what changed, each file in one step, and bumps `generation` last; what
was withdrawn is gone from pages, feed and folder when it returns. It reads a `FundView` and nothing
else: no database, no clock. The log (`log/`) beside these files is the sequencer's; it is only read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from panah.core.fund import State
from panah.proof import canonical
from panah.site.appeal import page as appeal
from panah.site.books import page as books
from panah.site.intake import page as intake
from panah.site.publish import assets, exports, files, listed
from panah.site.publish.before import Before
from panah.site.publish.page import Frame, draw
from panah.site.publish.view import FundView, UpdateView
from panah.site.updates import feed
from panah.site.updates import page as updates
from panah.verify.listing import LIST

PARTS: Final = frozenset({"appeal", "books", "exports", "updates"})
"""What `only` may name: `appeal` after every gift that shows, `books` and `exports` after the log grew,
`updates` after a text, picture or withdrawal. Without `only` everything is made, also what rarely changes."""

ROBOTS: Final = b"User-agent: *\nDisallow: /*/receipt\nDisallow: /*/pay/\n"
"""In every language and for every fund of the site: `*` stands for any letters (RFC 9309 section 2.2.3)."""

Page = tuple[str, bytes | None]
"""A page's path and text; None when the file stands as it is."""
_TAG: Final = re.compile(r"[a-z]{2}|prs|ckb|[a-z]{2,3}-[A-Z]{2}")  # not log/: three letters, but no language


def publish(
    view: FundView,
    folder: Path,
    *,
    only: Collection[str] | None = None,
    before: Before | None = None,
    own: Path | None = None,
) -> list[Path]:
    """Bring the files under `folder` up to date with `view`; give those that changed or went.

    `own` is where the pages go that only the fund's own site shows, and no mirror: those into which people type.

    `before` is this folder's, kept between calls: without it old months and exports are made from the beginning.
    """
    before = before or Before(folder)
    parts = PARTS if only is None else PARTS & frozenset(only)
    changed: list[Path] = []
    names: dict[str, str] = {}
    if "updates" in parts:
        names = _picture_names(view, folder, changed)
    if "exports" in parts:
        is_last = view.state in {State.MET, State.CLOSED}
        changed += exports.write(folder, view.logged.size, is_last=is_last, exporter=before.exporter)
    expected = []
    for path, data in _pages(view, folder, parts, names, before, whole=only is None):
        expected.append(folder / path)
        if data is not None and files.write(folder / path, data):
            changed.append(folder / path)
    if only is None:
        changed += assets.copy(folder)
        changed += _own(view, own, before) if own else []
    changed += _sweep(view, folder, parts, expected, names)
    if changed or not (folder / LIST).exists():
        listed.write(folder, before)
        files.bump(folder)
    return changed


def _pages(
    view: FundView, folder: Path, parts: Collection[str], names: dict[str, str], before: Before, *, whole: bool
) -> Iterator[Page]:
    languages = view.charter.languages
    months = books.by_month(view.logged.days)
    for tag in languages:
        if "appeal" in parts:
            yield f"{tag}/index.html", appeal.render(view, _frame(view, tag))
        if "books" in parts:
            yield from _books(view, folder, tag, months, before)
        if "updates" in parts:
            yield from _texts(view, tag, names)
        if whole:
            yield from _still(view, tag)
    if "appeal" in parts:
        yield "index.html", appeal.render(view, Frame(view.charter, languages[0], "", "", view.address, view.notice))
        yield "switches.json", view.switches
    if "updates" in parts:
        yield from ((f"updates/{u.id}.json", update_file(u)) for u in _written(view) if not u.withdrawn)
    if whole:
        yield from _once(view)


def _own(view: FundView, folder: Path, before: Before) -> list[Path]:
    """Draw what only this site shows. These pages are many and rarely change: never because of a gift."""
    values = (view.charter, view.team, view.fingerprint, view.address, view.notice, view.door, view.answer_days)
    mark = folder / view.charter.languages[0] / "ask/index.html"
    if before.stands(mark, values):
        return []
    pages = {folder / path: data for path, data in intake.render_all(view)}
    changed = [path for path, data in pages.items() if files.write(path, data)] + files.sweep(folder, pages)
    before.note(mark, values)
    return changed


def _once(view: FundView) -> Iterator[Page]:
    """Make what stands once, beside the languages."""
    # A page for any depth: its links can't be relative.
    root = f"{view.address.rstrip('/')}/"
    for tag in view.charter.languages:
        missing = draw("site/missing.html", Frame(view.charter, tag, root, "", view.address, view.notice), {})
        yield f"{tag}/404.html", missing
        if tag == view.charter.languages[0]:
            yield "404.html", missing
    yield intake.ROSTER, intake.roster_file(view)
    yield "robots.txt", ROBOTS


def _frame(view: FundView, tag: str, place: str = "") -> Frame:
    return Frame(view.charter, tag, "../" * (1 + place.count("/")), place, view.address, view.notice)


def _books(view: FundView, folder: Path, tag: str, months: books.Months, before: Before) -> Iterator[Page]:
    downloads = exports.listing(folder, view.charter, tag)
    check = assets.script("check")
    upto = exports.upto(folder)
    frame = _frame(view, tag, "books/")
    yield f"{tag}/books/index.html", books.render(view, frame, months, downloads, upto, check)
    for month, rows in list(months.items())[1:]:  # the first page has the newest
        frame = _frame(view, tag, f"books/{month}/")
        path = f"{tag}/books/{month}/index.html"
        if before.stands(folder / path, (frame, rows)):
            yield path, None
        else:
            yield path, books.render_month(frame, month, rows)
            before.note(folder / path, (frame, rows))  # here the caller has written it


def _texts(view: FundView, tag: str, names: dict[str, str]) -> Iterator[Page]:
    yield f"{tag}/updates/index.html", updates.render_list(view, _frame(view, tag, "updates/"))
    yield f"{tag}/feed.atom", feed.render(view, _frame(view, tag), names)
    for update in view.updates:
        place = f"updates/{update.id}/"
        yield f"{tag}/{place}index.html", updates.render_update(update, _frame(view, tag, place), names)
    frame = _frame(view, tag, "story/")
    if view.story:
        yield f"{tag}/story/index.html", updates.render_update(view.story, frame, names)
    else:
        yield f"{tag}/story/index.html", updates.render_empty_story(frame)


def _still(view: FundView, tag: str) -> Iterator[Page]:
    """Make the pages that only a new charter changes."""
    address = view.address or "URL"
    how = {"view": view, "address": address}
    yield f"{tag}/how/index.html", draw("site/how/index.html", _frame(view, tag, "how/"), how)
    for place in ("give/", "receipt/"):  # only mirrors show these: on the origin both are answered live
        mirror = {
            "view": view,
            "gives": appeal.is_giving(view) or place == "receipt/",
            "origin": f"{view.address.rstrip('/')}/{tag}/{place}" if view.address else "",
        }
        yield f"{tag}/{place}index.html", draw("site/appeal/mirror.html", _frame(view, tag, place), mirror)
    for place in intake.PLACES:
        yield f"{tag}/{place}/index.html", intake.render_mirror(view, tag, place)


def update_file(update: UpdateView) -> bytes:
    """Spell an update as its leaf hashes it (docs/spec/leaves.md)."""
    return canonical.encode({
        "id": update.id,
        "day": update.day,
        "salt": update.salt,
        "texts": {tag: {"title": title, "body": body} for tag, (title, body) in update.texts.items()},
        "images": [{"sha256": sha, "alt": alt} for sha, alt in update.images],
    })  # fmt: skip


def _written(view: FundView) -> list[UpdateView]:
    return [*view.updates, *([view.story] if view.story else [])]


def _picture_names(view: FundView, folder: Path, changed: list[Path]) -> dict[str, str]:
    """Put every shown picture into images/ and give sha256 → file name."""
    wanted = {
        sha
        for update in _written(view)
        if not update.withdrawn
        for sha, _ in update.images
        if sha not in update.withdrawn_images
    }
    names = {path.stem: path.name for path in (folder / "images").glob("*") if path.suffix in {".jpg", ".png"}}
    names = {sha: name for sha, name in names.items() if sha in wanted}
    for sha in sorted(wanted - names.keys()):
        data = view.read_image(sha) if view.read_image else b""
        if data:
            names[sha] = sha + (".png" if data.startswith(b"\x89PNG") else ".jpg")
            files.write(folder / "images" / names[sha], data)
            changed.append(folder / "images" / names[sha])
    return names


def _sweep(
    view: FundView, folder: Path, parts: Collection[str], expected: list[Path], names: dict[str, str]
) -> list[Path]:
    """Remove what this run would have made if it were still wanted."""
    swept: list[Path] = []
    if "updates" in parts:
        swept += [folder / "updates", *(folder / tag / "updates" for tag in view.charter.languages)]
        expected = expected + [folder / "images" / name for name in names.values()]
        swept.append(folder / "images")
    if "books" in parts:
        swept += [folder / tag / "books" for tag in view.charter.languages]
    for place in folder.iterdir() if folder.exists() else ():
        if _TAG.fullmatch(place.name) and place.is_dir() and place.name not in view.charter.languages:
            swept.append(place)  # an amendment took the language away
    return [path for place in swept for path in files.sweep(place, expected)]
