"""What each kind of event does to a case. `fold` is the only way to get one.

Each rule either changes the case and answers nothing, or answers in one word why the event took no effect; the event
then stands in `Case.set_aside`, on all desks alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from panah.core.casework import Aside, Case, Consent, Mailbox, Message, Paper, begin, fields
from panah.core.casework_events import Event
from panah.core.casework_life import Status, may_follow

SEEN_BY: Final = 2
"""Members who look at an identity paper before it is deleted."""


def fold(case: str, events: Iterable[Event]) -> Case:
    """Fold the events of one case, in any order, with doubles."""
    state, standing = begin(case, events)
    for event in standing:
        if not state.opened and event.what["type"] != "opened":
            state.set_aside.append(Aside(event, "beginning"))
            continue
        why = _RULES[event.what["type"]](state, event) if event.what["type"] in _RULES else "unknown"
        if why:
            state.set_aside.append(Aside(event, why))
    return state


def _opened(case: Case, event: Event) -> str | None:
    what = event.what
    if case.opened:
        return "beginning"
    case.opened, case.since, case.label = event.at, event.at, what.get("label", "")
    case.members = {event.by, *what["members"]}
    case.asked_by_other = what["who"] == "other"
    _take_ask(case, event)
    return None


def _attached(case: Case, event: Event) -> str | None:
    if event.what["source"] in case.sources:
        return None  # two desks attached the same one
    _take_ask(case, event)
    return None


def _take_ask(case: Case, event: Event) -> None:
    what = event.what
    case.texts.append(event)
    if "source" in what:
        case.sources.add(what["source"])
    for key in ("lang", "country", "contact", "safe", "notify", "deadline", "knows"):
        if key in what and not getattr(case, key):
            setattr(case, key, what[key])
    for place, person in enumerate(what.get("household", ())):
        case.household[f"{event.id}.{place}"] = dict(person)
    for place, kind in enumerate(what.get("needs", ())):
        case.needs[f"{event.id}.{place}"] = {"kind": kind, "state": "open"}
    if "mailbox" in what and "address" in what:
        _take_mailbox(case, what["address"], what["mailbox"], what.get("lang", "en"))


def _take_mailbox(case: Case, address: str, mailbox: Mapping[str, str], lang: str) -> None:
    case.mailboxes.setdefault(address, Mailbox(address, mailbox["recipient"], mailbox["deletion"], lang))


def _message(case: Case, event: Event) -> str | None:
    what = event.what
    if what["source"] in case.sources:
        return None
    case.sources.add(what["source"])
    files = list(what.get("files", ()))
    case.messages.append(
        Message(False, event.by, what["day"], what["lang"], what["text"], what["address"], what["source"], files=files)
    )
    return None


def _reply(case: Case, event: Event) -> str | None:
    what = event.what
    if what["address"] not in case.mailboxes:
        return "unknown"
    case.messages.append(
        Message(
            True, event.by, what["day"], what["lang"], what["text"], what["address"], slot=what["slot"],
            files=list(what.get("files", ())),
        )
    )  # fmt: skip
    return None


def _collected(case: Case, event: Event) -> str | None:
    mailbox = case.mailboxes.get(event.what["address"])
    if mailbox is None:
        return "unknown"
    mailbox.collected = mailbox.collected or event.what["day"]
    return None


def _reached(case: Case, event: Event) -> None:
    case.reached = case.reached or event.at


def _label(case: Case, event: Event) -> None:
    case.label = event.what["text"]


def _note(case: Case, event: Event) -> None:
    case.notes.append(event)


def _status(case: Case, event: Event) -> str | None:
    to = Status(event.what["to"])
    if to is case.status:
        return None  # two desks said the same
    if not may_follow(case.status, to, asked_by_other=case.asked_by_other, reached=bool(case.reached)):
        return "life"
    case.status, case.since = to, event.at
    return None


def _keyed(name: str) -> Callable[[Case, Event], None]:
    """An entry with an id: the later event is the later word, key by key."""

    def put(case: Case, event: Event) -> None:
        entries: dict[str, dict[str, Any]] = getattr(case, name)
        entries[event.what["id"]] = entries.get(event.what["id"], {}) | fields(event.what)

    return put


def _person(case: Case, event: Event) -> None:
    key = event.what["id"]
    case.household[key] = case.household.get(key, {}) | fields(event.what)


def _answers(case: Case, event: Event) -> None:
    case.answers |= fields(event.what)


def _deadline(case: Case, event: Event) -> None:
    case.deadline = event.what["day"]


def _vouch(case: Case, event: Event) -> None:
    case.vouches[event.by] = event.what["basis"]


def _task_done(case: Case, event: Event) -> str | None:
    task = case.tasks.get(event.what["id"])
    if task is None:
        return "unknown"
    task["done"] = task.get("done") or event.at
    return None


def _assign(case: Case, event: Event) -> None:
    case.members.add(event.what["name"])


def _remove(case: Case, event: Event) -> str | None:
    if len(case.members) < 2:
        return "life"
    case.members.discard(event.what["name"])
    return None


def _consent(case: Case, event: Event) -> str | None:
    what = event.what
    if what["id"] in case.consents:
        return "unknown"  # a consent is never widened: a new one is asked for
    case.consents[what["id"]] = Consent(what["to"], list(what["what"]), what["purpose"], what.get("until", ""))
    return None


def _consent_ended(case: Case, event: Event) -> str | None:
    consent = case.consents.get(event.what["id"])
    if consent is None:
        return "unknown"
    consent.ended = min(consent.ended or event.what["day"], event.what["day"])
    return None


def _disclosed(case: Case, event: Event) -> str | None:
    """It happened, so it is told; without a consent that holds it is told as a breach too."""
    case.disclosed.append(event)
    if not may_disclose(case, event.what["consent"], event.what["what"], event.what["day"]):
        return "no-consent"
    return None


def may_disclose(case: Case, consent: str, what: Iterable[str], day: str) -> bool:
    """Tell whether this may go out on that day: agreed, not ended, and never on a proxy's word alone."""
    found = case.consents.get(consent)
    if found is None or (case.asked_by_other and not case.reached):
        return False
    in_time = (not found.until or day <= found.until) and (not found.ended or day < found.ended)
    return in_time and set(what) <= set(found.what)


def _control(case: Case, event: Event) -> None:
    case.control = (event.what["question"], event.what["answer"])


def _control_asked(case: Case, event: Event) -> None:
    case.control_asked.append((event.what["day"], event.what["held"]))


def _freeze(case: Case, event: Event) -> str | None:
    mailbox = case.mailboxes.get(event.what["address"])
    if mailbox is None:
        return "unknown"
    if not mailbox.is_frozen:
        mailbox.frozen_by, mailbox.thawed_by = [], []
    if event.by not in mailbox.frozen_by:
        mailbox.frozen_by.append(event.by)
    mailbox.thawed_by = []
    return None


def _thaw(case: Case, event: Event) -> str | None:
    mailbox = case.mailboxes.get(event.what["address"])
    if mailbox is None or not mailbox.is_frozen:
        return "unknown"
    if event.by not in mailbox.thawed_by:
        mailbox.thawed_by.append(event.by)
    return None


def _paper(case: Case, event: Event) -> None:
    what = event.what
    paper = case.papers.setdefault(what["id"], Paper(what["what"], what.get("file", "")))
    paper.kept_for, paper.until = what.get("kept-for", paper.kept_for), what.get("until", paper.until)


def _paper_seen(case: Case, event: Event) -> str | None:
    paper = case.papers.get(event.what["id"])
    if paper is None:
        return "unknown"
    paper.seen.setdefault(event.by, event.what["day"])
    return None


def _paper_deleted(case: Case, event: Event) -> str | None:
    paper = case.papers.get(event.what["id"])
    day = event.what["day"]
    if paper is None or not (len(paper.seen) >= SEEN_BY or "" < paper.until < day):
        return "unknown"
    paper.deleted = paper.deleted or event.what["day"]
    return None


def _keep(case: Case, event: Event) -> None:
    case.keep = (event.what["until"], event.what["why"])


def _merged(case: Case, event: Event) -> str | None:
    into = event.what["into"]
    if into == case.id or into in case.merged_from:
        return "unknown"
    # Two desks may merge it into two: the smaller id is as good, and the same everywhere.
    case.merged_into = min(case.merged_into or into, into)
    return None


def _merge(case: Case, event: Event) -> str | None:
    if event.what["from"] == case.id:
        return "unknown"
    case.merged_from.add(event.what["from"])
    for address, mailbox in event.what.get("mailboxes", ()):
        _take_mailbox(case, address, mailbox, case.lang or "en")
    return None


def _withdrawn(case: Case, event: Event) -> None:
    case.withdrawn = case.withdrawn or event.what["day"]


def _void(case: Case, event: Event) -> str | None:
    return None if event.what["event"] in {one.id for one in case.events if one.by == event.by} else "unknown"


_RULES: Final[dict[str, Callable[[Case, Event], str | None]]] = {
    "opened": _opened, "attached": _attached, "message": _message, "reply": _reply, "collected": _collected,
    "reached": _reached, "label": _label, "note": _note, "status": _status, "need": _keyed("needs"),
    "person": _person, "elsewhere": _keyed("elsewhere"), "answers": _answers, "deadline": _deadline, "vouch": _vouch,
    "task": _keyed("tasks"), "task-done": _task_done, "assign": _assign, "remove": _remove, "consent": _consent,
    "consent-ended": _consent_ended, "disclosed": _disclosed, "control": _control, "control-asked": _control_asked,
    "freeze": _freeze, "thaw": _thaw, "paper": _paper, "paper-seen": _paper_seen, "paper-deleted": _paper_deleted,
    "keep": _keep, "merged": _merged, "merge": _merge, "withdrawn": _withdrawn, "void": _void,
}  # fmt: skip
