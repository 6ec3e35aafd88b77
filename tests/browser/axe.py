"""axe-core, put into a page past its policy: come with `bypass_csp=True`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})"


def complaints_of_axe(page: Page) -> list[str]:
    """Give what is against WCAG 2.2 AA on this page, each with the first place where it is."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(RUN, TAGS)
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
