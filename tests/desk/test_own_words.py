"""The newsroom's own texts in its readers' language: what readers and editors are promised."""

import pytest
from django.test import Client

from campaigns.giving import checkout_parameters
from campaigns.models import Donation, GiftUse, Question
from newsroom.branding.models import Branding, OwnWords
from newsroom.branding.own_words import forget
from newsroom.desk.own_words import in_use
from newsroom.edge.models import Purge
from newsroom.mail.writing import write
from newsroom.money import Money
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    forget()


def said(source: str, text: str) -> OwnWords:
    return OwnWords.objects.create(language="fr", source=source, said=text)


def test_a_campaign_speaks_its_readers_language_and_costs_the_english_page_nothing() -> None:
    campaign = a_campaign(title="The field season", appeal="Help us.", on_articles=True)
    GiftUse.objects.create(campaign=campaign, amount=1500, words="files one request")
    Question.objects.create(campaign=campaign, question="Why?", answer="Because.")
    said("The field season", "La saison de terrain")
    said("Help us.", "Aidez-nous.")
    said("files one request", "paient une demande")
    said("Because.", "Parce que.")
    for path in (campaign.get_absolute_url(), campaign.give_url):
        french = Client().get(f"/fr{path}").content.decode()
        assert "La saison de terrain" in french
        assert "The field season" not in french
        assert "Aidez-nous." in french
        english = Client().get(path).content.decode()
        assert "The field season" in english
        assert "La saison" not in english
    page = Client().get(f"/fr{campaign.get_absolute_url()}").content.decode()
    assert "paient une demande" in page
    assert "Parce que." in page
    assert "Why?" in page


def test_checkout_and_receipt_name_the_campaign_in_the_donors_language() -> None:
    campaign = a_campaign(title="The field season")
    said("The field season", "La saison de terrain")
    gift = Donation(campaign=campaign, amount=2500, currency="cad", language="fr")
    asked = checkout_parameters(gift)
    assert asked["line_items"][0]["price_data"]["product_data"]["name"] == "La saison de terrain"
    assert asked["locale"] == "fr-CA"
    assert "/fr/give/thanks/" in asked["success_url"]
    context = {"money": Money(2500, "cad"), "campaign": campaign, "reference": "AB", "story": None}
    assert "La saison de terrain" in write("receipt", context, "fr").text
    assert "The field season" in write("receipt", context, "en").text


def test_changed_words_are_asked_for_anew_and_readers_see_what_was_written() -> None:
    branding = Branding.load()
    branding.tagline, branding.about = "Held fast", "We report."
    branding.save()
    said("Held fast", "Tenu ferme")
    assert "Tenu ferme" in Client().get("/fr/").content.decode()
    branding.tagline = "Held faster"
    branding.save()
    assert "Held faster" in Client().get("/fr/").content.decode()
    assert {line.source for line in in_use("fr") if not line.said} >= {"Held faster", "We report."}


def test_on_the_desk_each_text_stands_beside_its_words_and_caches_learn_of_a_change(
    sign_in: SignIn,
) -> None:
    desk = sign_in("publisher")
    a_campaign(title="The field season", appeal="Help us.")
    newsroom.person("Ann", "ann")
    page = desk.get("/desk/words/fr/").content.decode()
    assert "Help us." in page
    [line] = [each for each in in_use("fr") if each.source == "Help us."]
    typed = {f"source-{line.number}": "Help us.", f"said-{line.number}": " Aidez-nous. "}
    Purge.objects.all().delete()
    assert desk.post("/desk/words/fr/", typed).status_code == 302
    assert OwnWords.objects.get().said == "Aidez-nous."
    assert Purge.objects.filter(key__startswith="own-words:").exists()
    stale = {f"source-{line.number}": "Another text", f"said-{line.number}": "Autre"}
    desk.post("/desk/words/fr/", stale)
    assert OwnWords.objects.get().said == "Aidez-nous."
    emptied = {f"source-{line.number}": "Help us.", f"said-{line.number}": ""}
    desk.post("/desk/words/fr/", emptied)
    assert not OwnWords.objects.exists()
    assert desk.get("/desk/words/en/").status_code == 404


def test_who_may_not_speak_for_the_newsroom_does_not(sign_in: SignIn) -> None:
    assert sign_in("reporter").get("/desk/words/fr/").status_code != 200
