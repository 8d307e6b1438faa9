"""A small newsroom for the tests of stories: people, a section, stories of a few words."""

import json
from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.images.models import Image

from articles.corrections import Record
from articles.going_public import Leaving
from articles.models import Article, Byline, FrontPage, Person, Section, Topic, Version
from articles.publishing import publish
from articles.removals import remove
from newsroom.readers.models import Reader

_numbers = count(1)

PARAGRAPH = "The kiln of Marrow Bay burned four cords of birch before the ice went out."


def editor(name: str = "Odile Perrin", **fields: Any) -> Reader:
    """A superuser by default: what editors of each role may do is tested elsewhere."""
    number = next(_numbers)
    fields = {"is_superuser": True, "is_staff": True, **fields}
    return Reader.objects.create_user(
        f"editor{number}@newsroom.example", "a long password", public_name=name, **fields
    )


def section(title: str = "Energy", slug: str = "energy") -> Section:
    front = FrontPage.objects.get()
    return front.add_child(instance=Section(title=title, slug=slug))


def person(name: str, slug: str) -> Person:
    return Person.objects.create(name=name, slug=slug)


def topic(name: str, slug: str) -> Topic:
    return Topic.objects.create(name=name, slug=slug)


def line(who: Person, kind: str = Byline.Kind.BYLINE) -> Byline:
    return Byline(person=who, kind=kind)


def text(*paragraphs: str) -> dict[str, str]:
    return {"type": "text", "value": "".join(f"<p>{each}</p>" for each in paragraphs)}


def body(*blocks: dict[str, Any]) -> str:
    return json.dumps(list(blocks))


def draft(
    under: Section,
    headline: str = "The kiln goes cold",
    *,
    slug: str | None = None,
    writers: tuple[Person, ...] = (),
    helpers: tuple[Person, ...] = (),
    **fields: Any,
) -> Article:
    """A story in the tree that nobody has published."""
    fields.setdefault("body", body(text(PARAGRAPH)))
    article = Article(title=headline, slug=slug or f"story-{next(_numbers)}", **fields)
    for kind, people in ((Byline.Kind.BYLINE, writers), (Byline.Kind.CREDIT, helpers)):
        for who in people:
            article.bylines.add(Byline(person=who, kind=kind))
    under.add_child(instance=article)
    return article


def story(
    under: Section,
    headline: str = "The kiln goes cold",
    *,
    moment: datetime | None = None,
    **fields: Any,
) -> Article:
    """A published story."""
    article = draft(under, headline, **fields)
    publish(article, by=None, moment=moment)
    return article


def edit(
    article: Article,
    *,
    by: Reader | None = None,
    moment: datetime | None = None,
    record: Record | None = None,
    **fields: Any,
) -> Version:
    """Change fields of a story and publish it."""
    for name, value in fields.items():
        setattr(article, name, value)
    return publish(article, by=by, moment=moment, record=record)


def unpublish(article: Article) -> None:
    """Take a story of today off the site, with a reason."""
    remove(article, Leaving("unpublished", "other", "It was not ours to tell.", None, None))


def image(title: str = "A red square", width: int = 1200, height: int = 800) -> Image:
    file = BytesIO()
    Picture.new("RGB", (width, height), "#aa2211").save(file, "PNG")
    name = f"{title.lower().replace(' ', '-')}.png"
    return Image.objects.create(title=title, file=ContentFile(file.getvalue(), name=name))
