"""What a reader in French is promised of dates, hours, amounts and the pages around a story."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from articles.corrections import Entry, Record
from articles.models import Article, Kind, Topic
from articles.navigation import forget
from newsroom import founding
from newsroom.mail.writing import write
from newsroom.money import Money
from tests.articles import newsroom
from tests.campaigns_made import a_campaign

NB = "\u00a0"


@pytest.fixture(autouse=True)
def no_navigation_of_another_test() -> None:
    forget()


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french"),
    [
        (123456, "cad", "$1,234.56", f"1{NB}234,56{NB}$"),
        (100000, "cad", "$1,000", f"1{NB}000{NB}$"),
        (2500, "cad", "$25", f"25{NB}$"),
        (-500, "cad", "-$5", f"-5{NB}$"),
        (250050, "usd", "US$2,500.50", f"2{NB}500,50{NB}${NB}US"),
        (1500, "jpy", "JP¥1,500", f"1{NB}500{NB}¥"),
    ],
)
def test_an_amount_is_written_as_each_language_of_canada_writes_it(
    minor: int, currency: str, english: str, french: str
) -> None:
    money = Money(minor, currency)
    assert money.show("en") == english
    assert money.show("fr") == french
    with translation.override("fr"):
        assert str(money) == french


MOMENT = datetime(2026, 12, 1, 19, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("moment", "December 1, 2026, 2:05 p.m.", f"1er{NB}décembre 2026, 14{NB}h{NB}05"),
        ("day", "December 1, 2026", f"1er{NB}décembre 2026"),
    ],
)
def test_a_moment_is_written_as_each_language_writes_it(
    name: str, english: str, french: str
) -> None:
    shown = {}
    for language in ("en", "fr"):
        with translation.override(language), timezone.override("America/Toronto"):
            template = Template('{% include "components/' + name + '.html" %}')
            shown[language] = template.render(Context({"moment": MOMENT}))
    assert english in shown["en"]
    assert french in shown["fr"]
    if name == "moment":
        assert "EST" in shown["en"]
        assert "HNE" in shown["fr"]


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [(0, "0 comments", "0 commentaire"), (1, "1 comment", "1 commentaire"), (2, "2 c", "2 c")],
)
def test_french_counts_nothing_in_the_singular(number: int, english: str, french: str) -> None:
    template = Template(
        "{% load i18n %}{% blocktranslate count number=n %}{{ number }} comment"
        "{% plural %}{{ number }} comments{% endblocktranslate %}"
    )
    said = {}
    for language in ("en", "fr"):
        with translation.override(language):
            said[language] = template.render(Context({"n": number}))
    assert said["en"].startswith(english)
    assert said["fr"].startswith(french)
    assert said["fr"].endswith("s") == (number == 2)


@pytest.fixture
def four(db: None) -> Article:
    energy = newsroom.section()
    founding.open_language("fr")
    energie, _made = founding.make_section("Énergie", language="fr", translates="energy")
    moment = timezone.now() - timedelta(hours=3)
    made = newsroom.story(energie, "Le four s’éteint", slug="four", moment=moment)
    record = Record([Entry(Kind.CORRECTION, "Quatre cordes.", "Cinq cordes.")])
    newsroom.edit(made, title="Le four est froid", record=record)
    english = newsroom.story(energy, "The kiln goes cold", slug="kiln", moment=moment)
    record = Record([Entry(Kind.CORRECTION, "Four cords.", "Five cords.")])
    newsroom.edit(english, title="The kiln is cold", record=record)
    return made


# English words that stand on the pages of an English reader.
LEFT_OVER = (
    "Skip to", "Search", "Sections", "Corrections policy", "Keep reading", "Published", "Report an",
    "Share this", "Updates and", "Signed", "Every version", "Before and after", "Compare<",
    "What was", "Write a comment", "Feed of", "Account<", "Give<", "comments", "minute to read",
    "Follow this",
)  # fmt: skip


def test_every_page_around_a_french_story_speaks_french(four: Article) -> None:
    endings = ("", "history/", "history/1-2/", "comments/", "report/", "follow/")
    paths = [f"{four.url}{ending}" for ending in endings]
    paths += ["/fr/", "/fr/energie/", "/fr/corrections/", "/fr/search/?q=four"]
    for path in paths:
        answer = Client().get(path)
        assert answer.status_code == 200, path
        assert answer["Content-Language"] == "fr"
        page = answer.content.decode()
        assert '<html lang="fr">' in page
        assert [words for words in LEFT_OVER if f">{words}" in page] == [], path


def test_the_corrections_of_each_language_stand_on_its_page_and_all_where_asked(
    four: Article,
) -> None:
    french = Client().get("/fr/corrections/").content.decode()
    assert "Cinq cordes." in french
    assert "Five cords." not in french
    every = Client().get("/fr/corrections/?language=all").content.decode()
    assert "Cinq cordes." in every
    assert '<dd lang="en">Five cords.</dd>' in every
    assert "Cinq cordes." not in Client().get("/corrections/").content.decode()


def test_search_offers_the_topics_and_people_of_the_pages_language(four: Article) -> None:
    for name in ("Bois", "Wood"):
        topic = Topic.objects.create(name=name, slug=name.lower())
        story = four if name == "Bois" else Article.objects.get(slug="kiln")
        story.topics.add(topic)
        story.save()
    page = Client().get("/fr/search/").content.decode()
    assert ">Bois</option>" in page
    assert ">Wood</option>" not in page


def test_feeds_of_french_hold_french_stories_and_the_records_feed_holds_every_entry(
    four: Article,
) -> None:
    stories = Client().get("/fr/feed.json").json()
    assert [item["title"] for item in stories["items"]] == ["Le four est froid"]
    assert stories["language"] == "fr"
    entries = Client().get("/fr/corrections/feed.json").json()
    assert [item["title"] for item in entries["items"]] == [f"Correction{NB}: Le four est froid"]
    whole = Client().get("/corrections/feed.json").json()
    assert len(whole["items"]) == 2


@pytest.mark.django_db
def test_giving_in_french_stays_in_french() -> None:
    campaign = a_campaign()
    page = Client().get(f"/fr/give/{campaign.slug}/").content.decode()
    assert f'action="/fr/give/{campaign.slug}/start/"' in page
    assert f'href="/fr/campaigns/{campaign.slug}/"' in page
    assert f'src="/campaigns/{campaign.slug}/progress.json"' in page
    assert "Combien voulez-vous donner?" in page
    assert f"50{NB}$" in page
    bad = Client().post(
        f"/fr/give/{campaign.slug}/start/",
        {"own_amount": "1"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert bad.status_code == 422
    assert f"Le plus petit don est de 2{NB}$." in bad.content.decode()


@pytest.mark.django_db
def test_a_mail_in_french_is_french_from_subject_to_foot() -> None:
    context = {
        "donor_name": "Ida Harrow",
        "money": Money(123456, "cad"),
        "received_at": MOMENT,
        "campaign": a_campaign(),
        "donation_url": "https://news.example/fr/give/thanks/x/",
        "reference": "AB12",
        "story": None,
    }
    written = write("receipt", context, "fr")
    assert written.subject.startswith(f"Merci{NB}: votre don de 1{NB}234,56{NB}$")
    for text in (written.text, written.html):
        assert "Ce n’est pas un reçu officiel" in text
        assert "Thank you" not in text
        assert "See your donation" not in text
