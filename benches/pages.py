"""Published pages through our page store with all headers, beside nginx serving the same bytes from the same folder.

`python -m benches.pages`. One core each; identity bytes, so that both send as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from benches.floors.nginx import nginx
from benches.ground import Server, folder, need
from benches.home import demo
from benches.load import load
from benches.report import Line, arguments, in_turns, middle, ratio, run, show, verdict

PAGES = {"appeal, en": "/en/", "appeal, fa": "/fa/", "books, en": "/en/books/"}
PROMISED = ("content-security-policy", "etag", "cache-control", "x-content-type-options", "referrer-policy")


def check_same(ours: Server, theirs: Server, path: str) -> int:
    """See that both send the same page, ours with every header; give its size."""
    _, headers, body = ours.get(path)
    missing = [name for name in PROMISED if name not in headers]
    if missing or body != theirs.get(path)[2]:
        raise RuntimeError(f"{path}: not the same page, or without {missing}")
    return len(body)


def page_lines(ours: Server, theirs: Server, what: str, path: str, rounds: int, seconds: float) -> Iterator[Line]:
    """Measure one page."""
    size = check_same(ours, theirs, path)
    runs = in_turns(
        rounds,
        {
            "nginx": partial(load, theirs, path, seconds=seconds),
            "ours": partial(load, ours, path, seconds=seconds),
        },
    )
    for name in ("nginx", "ours"):
        note = f"{middle([one.cpu_ms for one in runs[name]]):.4f} CPU-ms a request, {size:,} bytes"
        yield Line(f"{what}: {name}", middle([one.per_second for one in runs[name]]), "req/s", note=note)
    costs = ratio([one.cpu_ms for one in runs["nginx"]], [one.cpu_ms for one in runs["ours"]])
    rates = ratio([one.per_second for one in runs["ours"]], [one.per_second for one in runs["nginx"]])
    yield Line(f"{what}: ours / nginx", rates, limit=">= 0.6", note=f"{costs:.2f} by processor time")


def main(words: Sequence[str] | None = None) -> int:
    asked = arguments(__doc__ or "", rounds=7, seconds=3).parse_args(words)
    need("nginx", "wrk")
    lines: list[Line] = []
    with folder() as place:
        made = demo(place / "home")
        with made.served() as ours, nginx(made.fund.public, place / "nginx", path="/en/") as theirs:
            for server in (ours, theirs):
                load(server, "/en/", seconds=1)
            for what, path in PAGES.items():
                lines += page_lines(ours, theirs, what, path, asked.rounds, asked.seconds)
    show("Published pages, one core each", lines)
    return verdict(lines, asked.check)


if __name__ == "__main__":
    run(main)
