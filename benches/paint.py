"""When a reader on a slow line sees something: the demo's appeal beside a bare static page of 14 kB, in real Chromium.

`python -m benches.paint`. DevTools' emulation: 400 kbit/s, 400 ms added to each request, cold cache, a phone's
screen. It adds no handshakes and no slow start, for anybody.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page, Request

from benches.floors.nginx import nginx
from benches.ground import Server, folder, need
from benches.home import demo
from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict
from tests.browser_fixture import launched_chromium

BARE = 14_000
KBIT = 400 * 1000 / 8
DELAY = 400
_PAINT = "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0] || 0"


@dataclass(frozen=True)
class View:
    """A first view: paint in ms, requests, of them scripts, bytes on the wire."""

    paint: float
    requests: int
    scripts: int
    wire: float


def bare_page() -> str:
    """A page of exactly 14 kB with text and a few rules of style."""
    head = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    head += "<title>Bare</title><link rel=icon href='data:,'><style>body{font:1rem/1.5 system-ui;margin:1rem}</style>"
    words = "".join(f"<p>Paragraph {number} of a page that holds nothing but text.</p>" for number in range(400))
    return (head + words)[: BARE - 4] + "</p>"


def look(browser: Browser, server: Server, path: str) -> View:
    """Open a page as for the first time."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    page = context.new_page()
    wire: list[float] = []
    asked: list[Request] = []
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    limits = {"offline": False, "latency": DELAY, "downloadThroughput": KBIT, "uploadThroughput": KBIT}
    devtools.send("Network.emulateNetworkConditions", limits)
    devtools.on("Network.loadingFinished", lambda event: wire.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - playwright marks what it is given
    page.goto(server.url + path, wait_until="load")
    view = View(
        _painted(page),
        len(asked),
        sum(one.resource_type == "script" for one in asked) + int(page.locator("script").count()),
        sum(wire),
    )
    context.close()
    return view


def _painted(page: Page) -> float:
    """Read when the first text was painted. Asked again and again: our policy lets no script wait for it."""
    for _ in range(200):
        if painted := float(page.evaluate(_PAINT)):
            return painted
        page.wait_for_timeout(50)
    raise RuntimeError("nothing was painted within ten seconds")


def weights(server: Server, path: str) -> tuple[int, int]:
    """Give the page's size raw and with brotli."""
    return len(server.get(path)[2]), len(server.get(path, {"Accept-Encoding": "br"})[2])


def measure(browser: Browser, ours: Server, bare: Server, rounds: int) -> list[Line]:
    """Look in turns."""
    pages = {"bare": (bare, "/"), "en": (ours, "/en/"), "fa": (ours, "/fa/")}
    steps = {name: partial(look, browser, server, path) for name, (server, path) in pages.items()}
    in_turns(1, steps)
    runs = in_turns(rounds, steps)
    paints = {name: [one.paint for one in views] for name, views in runs.items()}
    lines = [Line(f"first contentful paint: {name}", middle(paints[name]), "ms") for name in pages]
    for name in ("en", "fa"):
        view = runs[name][-1]
        raw, brotli = weights(*pages[name])
        lines += [
            Line(f"appeal {name} / bare page of 14 kB", ratio(paints[name], paints["bare"]), limit="<= 1.3"),
            Line(
                f"appeal {name}: requests", view.requests, limit="<= 1", note=f"{view.wire / 1000:.1f} kB on the wire"
            ),
            Line(f"appeal {name}: scripts", view.scripts, limit="<= 0"),
            Line(f"appeal {name}: raw", raw / 1000, "kB", limit="<= 14"),
            Line(f"appeal {name}: brotli", brotli / 1000, "kB", limit="<= 5"),
        ]
    return lines


def write_bare(place: Path) -> Path:
    """Put the bare page where nginx finds it, compressed beforehand like ours."""
    place.mkdir()
    data = bare_page().encode()
    (place / "index.html").write_bytes(data)
    (place / "index.html.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    return place


def main(words: Sequence[str] | None = None) -> int:
    asked = arguments(__doc__ or "", rounds=9, seconds=0).parse_args(words)
    need("nginx", "chromium")
    with folder() as place:
        made = demo(place / "home")
        root = write_bare(place / "bare")
        with (
            made.served() as ours,
            nginx(root, place / "nginx", compressed=True) as bare,
            launched_chromium() as browser,
        ):
            lines = measure(browser, ours, bare, asked.rounds)
    show("First view over slow 3G (DevTools), cold cache", lines)
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
