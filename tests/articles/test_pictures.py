"""Pictures as readers get them: small for phones, cut around what matters, in place at once."""

import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image as Picture
from wagtail.images.models import Image

from articles.listing import cards, published
from articles.pictures import picture
from tests.articles import newsroom

pytestmark = pytest.mark.django_db


def half_and_half() -> Image:
    """Red on its left, blue on its right, twice as wide as a card."""
    drawn = Picture.new("RGB", (1800, 600), "#cc0000")
    drawn.paste("#0000cc", (900, 0, 1800, 600))
    file = BytesIO()
    drawn.save(file, "PNG")
    return Image.objects.create(title="Halves", file=ContentFile(file.getvalue(), "halves.png"))


def colour_of(url: str, image: Image) -> tuple[int, int, int]:
    """The middle of the rendition at that address."""
    rendition = next(each for each in image.renditions.all() if each.url == url)
    with rendition.file.open("rb") as file:
        shown = Picture.open(file).convert("RGB")
        return shown.getpixel((shown.width // 2, shown.height // 2))


def test_a_card_is_cut_around_the_focal_point() -> None:
    image = half_and_half()
    image.focal_point_x, image.focal_point_y = 1500, 300
    image.focal_point_width = image.focal_point_height = 200
    image.save()
    made = picture(image, "Halves", "", "A. Rao")
    assert made is not None
    red, _green, blue = colour_of(made["card"]["url"], image)
    assert blue > 150 > red
    assert (made["card"]["width"], made["card"]["height"]) == (720, 480)
    story = newsroom.story(
        newsroom.section(), lead_image=image, lead_image_alt="Halves", lead_image_credit="A. Rao"
    )
    (card,) = cards(published().filter(pk=story.pk))
    assert (card.image_url, card.image_width, card.image_height) == (made["card"]["url"], 720, 480)


def test_phones_get_avif_and_no_wider_than_their_screens() -> None:
    made = picture(half_and_half(), "Halves", "", "A. Rao")
    assert made is not None
    offered = made["avif"].split(", ")
    assert [each.rpartition(" ")[2] for each in offered] == ["480w", "960w"]
    assert all(".avif " in each for each in offered)


def test_every_picture_of_a_story_has_its_size_and_only_the_lead_one_is_in_a_hurry() -> None:
    image = half_and_half()
    block = {"type": "image", "value": {"image": image.pk, "alt": "Halves", "credit": "A. Rao"}}
    section = newsroom.section()
    newsroom.story(section, "Another", lead_image=image, lead_image_alt="x", lead_image_credit="y")
    story = newsroom.story(
        section,
        lead_image=image,
        lead_image_alt="Halves",
        lead_image_credit="A. Rao",
        body=newsroom.body(newsroom.text("Four cords."), block),
    )
    shown = Client().get(story.url).content.decode()
    images = re.findall(r"<img [^>]*>", shown)
    assert len(images) == 3
    assert all(re.search(r' width="\d+" height="\d+"', each) for each in images)
    assert ['fetchpriority="high"' in each for each in images] == [True, False, False]
    assert ['loading="lazy"' in each for each in images] == [False, True, True]
    assert shown.count('<source type="image/avif" media="(max-width: 40rem)"') == 2


def test_a_file_of_a_picture_is_kept_by_browsers_for_a_year() -> None:
    made = picture(half_and_half(), "Halves", "", "A. Rao")
    assert made is not None
    for url, kind in ((made["url"], "image/webp"), (made["avif"].split(" ")[0], "image/avif")):
        answer = Client().get(url)
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Type"] == kind
    assert "immutable" not in Client().get("/media/nothing.webp").get("Cache-Control", "")
