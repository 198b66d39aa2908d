"""The user's guide: Markdown pages in ``sitebook/guide``, the only copy (``docs/guide`` points there)."""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markupsafe import Markup

FOLDER = Path(__file__).resolve().parent.parent / "guide"
HEAD = re.compile(r"\A# (?P<title>.+)\n+Updated: (?P<day>\d{4}-\d{2}-\d{2})\n")
LINK = re.compile(r'href="(?:\./)?([a-z0-9-]+)\.md(#[^"]*)?"')


class Guide(NamedTuple):
    slug: str
    title: str
    updated: date
    html: Markup


@cache
def guide(slug: str) -> Guide | None:
    """A page of the guide, or None. Each begins with its title and the day it was last updated."""
    path = FOLDER / f"{slug}.md"
    if not re.fullmatch(r"[a-z0-9-]+", slug) or not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    head = HEAD.match(text)
    if head is None:
        raise ValueError(f"{path.name} must begin with a title and a line “Updated: 2026-11-22”.")
    return Guide(slug, head["title"], date.fromisoformat(head["day"]), rendered(text[head.end() :]))


def rendered(text: str) -> Markup:
    """Markdown as HTML, links to other pages as addresses; HTML in it is shown as text."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return Markup(LINK.sub(r'href="../\1/\2"', html))  # noqa: S704 - our own pages, with HTML in them switched off


@cache
def pages() -> list[Guide]:
    """Every page, the first one first, the others by title."""
    found = [guide(path.stem) for path in FOLDER.glob("*.md")]
    return sorted((page for page in found if page), key=lambda page: (page.slug != "index", page.title))
