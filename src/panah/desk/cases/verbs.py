"""Which form of a case page calls which action. Each takes the desk, the case, what was typed, and `now`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from panah.desk.cases import actions, forms, people
from panah.desk.vault.desk import Desk

Form = Mapping[str, str]
Verb = Callable[[Desk, str, Form, dt.datetime], None]


def _note(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.note(desk, case, forms.text(form, "text"), now)


def _label(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.say(desk, case, "label", now, text=forms.text(form, "text", 200))


def _status(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.set_status(desk, case, forms.status(form), now, forms.text(form, "why", 1000, empty=True))


def _reached(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.say(desk, case, "reached", now, how=forms.text(form, "text", 1000))


def _vouch(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.say(desk, case, "vouch", now, basis=forms.text(form, "text", 1000))


def _deadline(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.say(desk, case, "deadline", now, **(forms.day(form, "day") or {"day": forms.text(form, "day")}))


def _need(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    said = forms.text(form, "text", 1000, empty=True)
    fields = {"kind": forms.need(form), "state": form.get("state", "open"), **({"text": said} if said else {})}
    actions.put(desk, case, "need", now, key=forms.key(form) if form.get("id") else "", **fields)


def _person(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    age = form.get("age", "").strip()
    fields: dict[str, Any] = {"who": forms.text(form, "who", 200)}
    if age.isdecimal():
        fields["age"] = int(age)
    actions.put(desk, case, "person", now, **fields)


def _task(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    who = {"who": form["who"]} if form.get("who") else {}
    actions.put(desk, case, "task", now, text=forms.text(form, "text", 1000), **forms.day(form, "due"), **who)


def _task_done(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.finish_task(desk, case, forms.key(form), now)


def _take_back(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.take_back(desk, case, forms.key(form), now)


def _reply(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.send_reply(desk, case, form.get("address", ""), forms.text(form, "text"), now)


def _assign(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    people.assign(desk, case, forms.text(form, "name", 40), now)


def _remove(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    people.remove(desk, case, forms.text(form, "name", 40), now, forms.text(form, "why", 1000, empty=True))


def _freeze(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.freeze(desk, case, form.get("address", ""), forms.text(form, "why", 1000), now)


def _thaw(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    actions.thaw(desk, case, form.get("address", ""), forms.text(form, "why", 1000), now)


def _withdraw(desk: Desk, case: str, form: Form, now: dt.datetime) -> None:
    people.withdraw(desk, case, "team", now, forms.text(form, "why", 1000))


VERBS: Final[dict[str, Verb]] = {
    "note": _note, "label": _label, "status": _status, "reached": _reached, "vouch": _vouch, "deadline": _deadline,
    "need": _need, "person": _person, "task": _task, "task-done": _task_done, "take-back": _take_back,
    "reply": _reply, "assign": _assign, "remove": _remove, "freeze": _freeze, "thaw": _thaw, "withdraw": _withdraw,
}  # fmt: skip
