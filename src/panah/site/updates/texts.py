"""Which of an update's languages a reader gets, and as what HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from panah.site.publish.markdown import first_paragraph, to_html
from panah.site.publish.tongues import direction
from panah.site.publish.view import FundView, UpdateView


@dataclass(frozen=True, slots=True)
class Text:
    """One update in one language."""

    id: str
    day: str
    lang: str
    title: str
    body: str

    @property
    def dir(self) -> str:
        return direction(self.lang)

    @property
    def start(self) -> str:
        """The first paragraph, as plain words."""
        return first_paragraph(self.body)

    @property
    def glimpse(self) -> str:
        """Still less of it, for the appeal, which must stay light."""
        return first_paragraph(self.body, 140)


def shown_updates(view: FundView) -> list[UpdateView]:
    """Give the updates that are not withdrawn, newest first; the story is not one of them."""
    updates = [update for update in view.updates if not update.withdrawn and update.id != "story"]
    return sorted(updates, key=lambda update: (update.day, update.id), reverse=True)


def chosen(update: UpdateView, tag: str, second: str = "en") -> Text | None:
    """Give the text in `tag`, else a language near it, else any; None when there is no text at all."""
    near = {"prs": "fa", "fa": "prs"}.get(tag, "")
    for language in (tag, near, second, *sorted(update.texts)):
        if language in update.texts:
            title, body = update.texts[language]
            return Text(update.id, update.day, language, title, body)
    return None


def others(update: UpdateView, text: Text) -> list[Text]:
    """Give the same update in its other languages."""
    return [
        Text(update.id, update.day, language, *update.texts[language])
        for language in sorted(update.texts)
        if language != text.lang
    ]


def html(update: UpdateView, text: Text, root: str, names: Mapping[str, str], languages: Sequence[str]) -> SafeString:
    """Give the text as safe HTML, with the pictures it does not place itself after it.

    `names` maps a picture's sha256 to its file name in images/. A picture that nobody described in the text's
    language is described in the first of `languages` that has it: the page's, then the charter's in their order.
    """
    shown = {sha: names[sha] for sha, _ in update.images if sha in names and sha not in update.withdrawn_images}
    order = (text.lang, *languages)
    alts = {sha: next((alt[tag] for tag in (*order, *sorted(alt)) if alt.get(tag)), "") for sha, alt in update.images}
    return mark_safe(to_html(text.body, root=root, pictures=shown, alts=alts))  # noqa: S308 - raw HTML is off
