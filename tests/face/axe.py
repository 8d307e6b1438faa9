"""What axe finds on a page: the same engine that Lighthouse and the browsers' own tools use.

    assert findings(page) == []

The rules are those of WCAG 2.2 A and AA and axe's best practices
(https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md). The script is
evaluated by the browser's debugger, so that the page's own Content-Security-Policy stays as
strict as readers have it.
"""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

RUN = """async theirs => {
    const found = await axe.run({exclude: theirs}, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        resultTypes: ["violations"],
    });
    return found.violations.flatMap(rule => rule.nodes.map(node =>
        `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n")[1].trim()}`));
}"""

# Wagtail's own fields and outline of a form, which it names in other ways than axe looks for.
THEIRS = [[".Draftail-Editor"], [".w-minimap"], ["[data-draftail-input]"]]


def findings(page: Page) -> list[str]:
    """One line for each element axe complains about: rule, where, what to mend; best: none."""
    page.evaluate(_engine())
    found: list[str] = page.evaluate(RUN, THEIRS)
    return found


@cache
def _engine() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
