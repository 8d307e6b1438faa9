"""One story in two languages: what editors and readers of both are promised."""

import json
import re
from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from articles.corrections import Entry, Record
from articles.models import Article, Change, Kind, Section, TranslationLook, Version
from articles.translations import NotLinked, begin, link, open_looks, unlink
from articles.verifying import verify_record
from newsroom import founding
from newsroom.audit.models import AuditEntry
from newsroom.edge.models import Purge
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, create, errors, save, typed
from tests.articles.schema_org import breaches

pytestmark = pytest.mark.django_db

XHTML = "{http://www.w3.org/1999/xhtml}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def energie(energy: Section) -> Section:
    founding.open_language("fr")
    made, _made = founding.make_section("Énergie", language="fr", translates="energy")
    return made


@pytest.fixture
def kiln(energy: Section) -> Article:
    return newsroom.story(energy, slug="kiln", moment=timezone.now() - timedelta(hours=2))


@pytest.fixture
def four(energie: Section) -> Article:
    return newsroom.story(energie, "Le four s’éteint", slug="four")


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def alternates(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))


def test_readers_of_each_language_find_the_other(kiln: Article, four: Article, settings) -> None:
    link(kiln, four, None)
    english, french = page(kiln.url), page(four.url)
    assert f'<a href="{four.url}" hreflang="fr" lang="fr">' in english
    assert f'<a href="{kiln.url}" hreflang="en" lang="en">Read in English</a>' in french
    assert '<html lang="en">' in english
    assert '<html lang="fr">' in french
    both = {
        "en": settings.BASE_URL + kiln.url,
        "fr": settings.BASE_URL + four.url,
        "x-default": settings.BASE_URL + kiln.url,
    }
    assert alternates(english) == both
    assert alternates(french) == both


def test_machines_are_told_which_story_is_the_translation(kiln: Article, four: Article) -> None:
    link(four, kiln, None)
    known = {}
    for story in (kiln, four):
        [script] = re.findall(r'"application/ld\+json">(.*?)</script>', page(story.url))
        known[story.pk] = json.loads(script)
        assert breaches(known[story.pk]) == []
    assert known[four.pk]["inLanguage"] == "fr"
    assert known[four.pk]["translationOfWork"]["inLanguage"] == "en"
    assert known[four.pk]["translationOfWork"]["url"].endswith(kiln.url)
    assert [each["inLanguage"] for each in known[kiln.pk]["workTranslation"]] == ["fr"]
    assert "translationOfWork" not in known[kiln.pk]


def test_the_sitemap_names_the_story_in_each_language(kiln: Article, four: Article) -> None:
    link(kiln, four, None)
    listed = fromstring(page("/sitemap.xml"))  # noqa: S314
    found = {
        url.findtext(f"{MAP}loc"): {
            each.get("hreflang"): each.get("href") for each in url.iter(f"{XHTML}link")
        }
        for url in listed
    }
    [english] = [names for address, names in found.items() if address.endswith(kiln.url)]
    [french] = [names for address, names in found.items() if address.endswith(four.url)]
    assert english == french
    assert english["fr"].endswith(four.url)
    assert english["x-default"].endswith(kiln.url)


def test_only_what_readers_can_open_is_linked(kiln: Article, four: Article) -> None:
    link(kiln, four, None)
    newsroom.unpublish(four)
    assert four.url not in page(kiln.url)
    assert alternates(page(kiln.url)) == {}


def test_a_draft_translation_is_no_link_until_it_is_published(
    kiln: Article, energie: Section, editor: Reader
) -> None:
    made = begin(kiln, Locale.objects.get(language_code="fr"), editor)
    assert alternates(page(kiln.url)) == {}
    made.title = "Le four s’éteint"
    newsroom.edit(made, by=editor)
    assert made.url in page(kiln.url)
    assert made.url.startswith("/fr/")


def test_a_copy_to_translate_is_a_new_story_with_no_past(
    desk: Client, kiln: Article, energie: Section, editor: Reader
) -> None:
    newsroom.edit(kiln, title="The kiln is cold", record=Record(minor_reason="Shorter."))
    answer = desk.post(reverse("begin_translation", args=[kiln.pk]), {"language": "fr"})
    made = Article.objects.get(locale__language_code="fr")
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert (made.live, made.current_version, made.owner) == (False, None, editor)
    assert (made.title, made.get_parent().pk) == ("The kiln is cold", energie.pk)
    data = typed("Le four s’éteint", "Il a brûlé.", slug="four", translation=kiln.pk)
    assert errors(save(desk, made, data, **PUBLISH)) == {}
    version = Version.objects.get(article=made.pk)
    assert (version.number, version.change) == (1, Change.FIRST)
    assert list(verify_record()) == []


def test_where_the_section_has_no_counterpart_a_sentence_says_what_to_do(
    desk: Client, kiln: Article
) -> None:
    founding.open_language("fr")
    answer = desk.post(reverse("begin_translation", args=[kiln.pk]), {"language": "fr"})
    assert answer.status_code == 422
    assert "Energy" in answer.content.decode()
    assert Article.objects.count() == 1


def test_an_editor_links_and_parts_live_stories_on_the_form_and_nothing_is_asked(
    desk: Client, kiln: Article, four: Article
) -> None:
    data = typed("The kiln goes cold", newsroom.PARAGRAPH, slug="kiln")
    assert errors(save(desk, kiln, data | {"translation": four.pk}, **PUBLISH)) == {}
    assert four.url in page(kiln.url)
    assert kiln.url in page(four.url)
    assert AuditEntry.objects.filter(verb="link translation").exists()
    assert errors(save(desk, kiln, data | {"translation": ""}, **PUBLISH)) == {}
    assert four.url not in page(kiln.url)
    assert kiln.url not in page(four.url)
    assert not Version.objects.filter(number__gt=1).exists()
    assert list(verify_record()) == []


def test_a_new_story_may_be_the_translation_of_one_that_is_there(
    desk: Client, kiln: Article, energie: Section
) -> None:
    data = typed("Le four", "Il a brûlé.", slug="four", translation=kiln.pk)
    assert errors(create(desk, energie, data)) == {}
    made = Article.objects.get(slug="four")
    assert made.url in page(kiln.url)
    assert kiln.versions.count() == 1


def test_stories_that_are_no_pair_are_refused_beside_the_field(
    desk: Client, kiln: Article, four: Article, energy: Section
) -> None:
    other = newsroom.story(energy, "Ice", slug="ice")
    data = typed("The kiln goes cold", newsroom.PARAGRAPH, slug="kiln")
    refused = errors(save(desk, kiln, data | {"translation": other.pk}))
    assert "same language" in str(refused["translation"])
    link(other, four, None)
    refused = errors(save(desk, kiln, data | {"translation": four.pk}))
    assert "linked with" in str(refused["translation"])
    with pytest.raises(NotLinked):
        link(kiln, four, None)


def test_a_correction_asks_for_a_look_at_the_translation_until_somebody_looked(
    desk: Client, kiln: Article, four: Article, editor: Reader
) -> None:
    link(kiln, four, None)
    record = Record([Entry(Kind.CORRECTION, "Four cords.", "Five cords.")])
    newsroom.edit(kiln, title="The kiln is cold", record=record)
    home = desk.get("/desk/").content.decode()
    assert "Five cords." in home
    form = desk.get(reverse("wagtailadmin_pages:edit", args=[four.pk])).content.decode()
    assert "Look whether this one needs it" in form
    [look] = open_looks(four.pk)
    answer = desk.post(reverse("translation_looks"), {"look": look.pk})
    assert answer.status_code == 302
    look.refresh_from_db()
    assert look.looked_by == editor
    assert not open_looks().exists()
    assert "Five cords." not in desk.get("/desk/").content.decode()


def test_a_draft_translation_is_to_be_looked_at_too_and_a_story_without_one_asks_nothing(
    kiln: Article, energie: Section, energy: Section, editor: Reader
) -> None:
    made = begin(kiln, Locale.objects.get(language_code="fr"), editor)
    record = Record([Entry(Kind.UPDATE, "", "It burns again.")])
    newsroom.edit(kiln, title="The kiln is warm", record=record)
    lone = newsroom.story(energy, "Ice", slug="ice")
    newsroom.edit(lone, title="Ice again", record=record)
    assert [look.article_id for look in TranslationLook.objects.all()] == [made.pk]
    unlink(made, editor)
    assert not TranslationLook.objects.exists()


def test_linking_owes_every_cache_the_pages_of_both(kiln: Article, four: Article) -> None:
    for act in (lambda: link(kiln, four, None), lambda: unlink(kiln, None)):
        Purge.objects.all().delete()
        act()
        owed = {path for purge in Purge.objects.all() for path in purge.paths}
        assert {kiln.url, four.url, "/sitemap.xml"} <= owed


def test_a_translation_costs_the_story_page_no_query(kiln: Article, four: Article) -> None:
    page(kiln.url)
    with CaptureQueriesContext(connection) as before:
        page(kiln.url)
    link(kiln, four, None)
    with CaptureQueriesContext(connection) as after:
        page(kiln.url)
    assert len(after) == len(before)
