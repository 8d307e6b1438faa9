"""A story as an editor types it on the desk, posted to the same form."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from articles.models import Article, Byline, Person, Section

PUBLISH = {"action-publish": "action-publish"}
SUBMIT = {"action-submit": "action-submit"}


def typed(
    headline: str,
    *paragraphs: str,
    slug: str,
    people: tuple[tuple[Person, str], ...] = (),
    blocks: list[tuple[str, Any]] | None = None,
    known: Article | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """The form's data. `blocks` replaces the paragraphs' one text block; `known` is the story as
    saved, whose bylines are then sent as known ones. Fields such as `entry_0_kind` as they are."""
    html = "".join(f"<p>{each}</p>" for each in paragraphs)
    lines = list(known.bylines.all()) if known else []
    rows = [{"person": who.pk, "kind": kind} for who, kind in people]
    for row, line in zip(rows, lines, strict=False):
        row["id"] = line.pk
    return nested_form_data(
        {
            "title": headline,
            "slug": slug,
            "dek": "",
            "label": "news",
            "location": "",
            "lead_image": "",
            "lead_image_alt": "",
            "lead_image_caption": "",
            "lead_image_credit": "",
            "content_warning": "",
            "comments_open": "on",
            "go_live_at": "",
            "expire_at": "",
            "body": streamfield(blocks or [("text", rich_text(html))]),
            "bylines": inline_formset(rows, initial=min(len(rows), len(lines))),
            "pins": inline_formset([]),
            "comments": inline_formset([]),
            **fields,
        }
    )


def create(client: Client, section: Section, data: dict[str, Any], **action: str) -> HttpResponse:
    address = reverse("wagtailadmin_pages:add", args=["articles", "article", section.pk])
    return client.post(address, data | (action or PUBLISH))


def save(client: Client, article: Article, data: dict[str, Any], **action: str) -> HttpResponse:
    """Save a draft; with `**PUBLISH` publish it."""
    return client.post(reverse("wagtailadmin_pages:edit", args=[article.pk]), data | action)


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """What the form refused, by field; empty when it took everything."""
    if response.status_code == 302:
        return {}
    form = response.context["form"]
    found = {name: list(each) for name, each in form.errors.items()}
    for name, formset in form.formsets.items():
        if not formset.is_valid():
            found[name] = [str(formset.errors), str(formset.non_form_errors())]
    return found


def credit(person: Person) -> tuple[Person, str]:
    return person, Byline.Kind.CREDIT


def byline(person: Person) -> tuple[Person, str]:
    return person, Byline.Kind.BYLINE
