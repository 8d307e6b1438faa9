"""A newsroom's own colours and logo: refused where nobody could read them, else on every page."""

import re

import pytest
from django.test import Client
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from articles.models import FrontPage
from newsroom.branding import colours
from newsroom.branding.models import Branding
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db


def test_contrast_is_that_of_wcag() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#0b5351", "#0b5351") == 1
    for grounds, own in (
        (colours.LIGHT_GROUNDS, "#0b5351"),
        (colours.DARK_GROUNDS, "#82cbc3"),
    ):
        assert colours.least_contrast(own, grounds) >= colours.LEAST
    css = open("static/css/site.css", encoding="utf-8").read()  # noqa: SIM115
    for ground in (*colours.LIGHT_GROUNDS, *colours.DARK_GROUNDS):
        assert ground in css, "the grounds are no longer those of the site"


def test_a_colour_nobody_could_read_is_refused_with_its_contrast_and_a_good_one_is_on_the_pages(
    sign_in: SignIn, client: Client
) -> None:
    desk = sign_in("administrator")
    own = Branding.load()
    address = f"/desk/settings/branding/branding/{own.pk}/"
    form = {
        "name": "The Lamp",
        "developing_hours": "12",
        "comments_days": "0",
        "comments_reports": "3",
        "comments_trust_after": "5",
        "calls_first_from": "50",
        "calls_large_from": "500",
    }
    said = desk.post(address, form | {"colour": "#f2b33d", "colour_dark": "blue"})
    assert said.status_code == 200
    text = said.content.decode()
    assert "Its contrast is 1.6 to 1; words need 4.5 to 1." in text
    assert "Write it as # and six digits" in text
    assert 'rel="stylesheet" href="/brand/' not in client.get("/").content.decode()
    saved = desk.post(address, form | {"colour": "#7A1F4B", "colour_dark": "#f0a6c8"})
    assert saved.status_code == 302, saved.content.decode()[:2000]
    page = client.get("/").content.decode()
    found = re.search(r'href="(/brand/[^"]+\.css)"', page)
    assert found
    sheet = client.get(found[1])
    assert "--accent:#7a1f4b" in sheet.content.decode()
    assert "immutable" in sheet.headers["Cache-Control"]
    for wrong in ("/brand/7a1f4b-f0a6c8-00000000.css", "/brand/zzzzzz-own-00000000.css"):
        assert client.get(wrong).status_code == 404


def test_a_logo_stands_before_the_name_and_its_picture_may_be_deleted(client: Client) -> None:
    assert FrontPage.objects.exists()
    logo = Image.objects.create(title="Logo", file=get_test_image_file(size=(300, 100)))
    own = Branding.load()
    own.logo = logo
    own.save()
    page = client.get("/").content.decode()
    assert re.search(
        r'<img class="logo" src="[^"]+height-80[^"]+" width="240" height="80" alt="">', page
    )
    logo.delete()
    assert 'class="logo"' not in client.get("/").content.decode()
