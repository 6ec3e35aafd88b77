"""Chains: what each member wrote into a case, one event after the other, and what is missing or stands twice.

Each event names the one that its writer wrote before, counts, and says how many of the others' the writer had seen. So
desks find out, without asking anybody: a *fork* (somebody, or somebody with their key, wrote two different n-th
events), a *gap* (the site holds back one in the middle), and *withheld* (a colleague has seen what did not come here).
A gap that fills later was only slow; a fork never heals. Promises nothing about what all colleagues were refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from panah.core.casework_events import MOST_LAMPORT, Event


class Fault(NamedTuple):
    """`kind`: `fork`, `gap` or `withheld`; the member whose chain it is, and the first event's number."""

    kind: str
    name: str
    n: int


class Place(NamedTuple):
    """Where a member's next event goes: its count, the hash before, the clock, and what the desk has of the others."""

    n: int
    prev: str
    lamport: int
    seen: tuple[tuple[str, int], ...]


def find_faults(events: Iterable[Event]) -> list[Fault]:
    """Look at all events of one case."""
    chains: dict[str, dict[int, list[Event]]] = {}
    told: dict[str, int] = {}
    for event in {one.hash: one for one in events}.values():
        chains.setdefault(event.by, {}).setdefault(event.n, []).append(event)
        for name, count in event.seen:
            if count > told.get(name, 0):
                told[name] = count
    faults: list[Fault] = []
    for name, chain in sorted(chains.items()):
        newest = max(chain)
        faults += [Fault("gap", name, n) for n in range(1, newest) if n not in chain][:1]
        faults += [Fault("fork", name, n) for n in sorted(chain) if _forks(chain, n)][:1]
        if told.get(name, 0) > newest:
            faults.append(Fault("withheld", name, newest + 1))
    faults += [Fault("withheld", name, 1) for name in sorted(told.keys() - chains.keys())]
    return faults


def _forks(chain: dict[int, list[Event]], n: int) -> bool:
    if len(chain[n]) > 1:
        return True
    before = chain.get(n - 1)
    return chain[n][0].prev != (before[0].hash if before else "") and (before is not None or n == 1)


def next_place(events: Iterable[Event], name: str) -> Place:
    """Give where `name` goes on. After a fork of their own, they go on from the later of the two."""
    counts: dict[str, int] = {}
    lamport, last = 0, None
    for event in events:
        lamport = max(lamport, event.lamport)
        counts[event.by] = max(counts.get(event.by, 0), event.n)
        if event.by == name and (last is None or (event.n, event.order) > (last.n, last.order)):
            last = event
    own = counts.pop(name, 0)
    return Place(own + 1, last.hash if last else "", min(lamport + 1, MOST_LAMPORT), tuple(sorted(counts.items())))
