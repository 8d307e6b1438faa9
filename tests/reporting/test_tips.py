"""What readers tell in confidence: sealed, read by the story's own people with a line for it,
destroyed on its day, and nothing kept of who sent it."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from articles import tips
from articles.models import Article, Byline, Person, Tip
from articles.tasks import forget_readers
from newsroom.audit.models import AuditEntry
from newsroom.readers.models import Reader
from tests.desk.people import person, signed_in
from tests.privacy.everywhere import tables_naming

pytestmark = pytest.mark.django_db
FROM_US = {"Sec-Fetch-Site": "same-origin"}
SECRET = "The quay was sold in wrenfield"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


def place(story: Article) -> str:
    return f"{story.addresses.get(current=True).path}tell/"


def tell(story: Article, **more: Any) -> Any:
    form = {"words": SECRET, "contact": "Ask for Wrenfield"} | more
    return Client().post(place(story), form, headers=FROM_US)


def test_it_is_sealed_and_nothing_says_who_sent_it(story: Article, caplog: Any) -> None:
    story_page = Client().get(story.addresses.get(current=True).path).content.decode()
    assert f'href="{place(story)}"' in story_page
    page = Client().get(place(story))
    assert "Signal" in page.content.decode()
    assert (page["Referrer-Policy"], page.cookies) == ("no-referrer", {})
    assert "public" in page["Cache-Control"]
    answer = tell(story)
    assert (answer.status_code, answer.cookies) == (303, {})
    assert "sealed" in Client().get(answer["Location"]).content.decode()
    tip = Tip.objects.get()
    assert {field.name for field in Tip._meta.get_fields()} == {
        "id", "article", "sealed", "arrived_on", "destroy_on", "read",
    }  # fmt: skip
    assert tables_naming("wrenfield") == set()
    assert b"quay" not in bytes(tip.sealed)
    assert "127.0.0.1" not in str(cache._cache.get_client().keys("*"))  # type: ignore[attr-defined]
    assert "wrenfield" not in caplog.text.lower()
    # A short one is as long as a longer one.
    tell(story, words="Look at the harbour master.", contact="")
    first, second = (len(bytes(each.sealed)) for each in Tip.objects.all())
    assert first == second


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"words": "Short"}, 422),
        ({"words": "x" * 8001}, 422),
        ({"contact": "x" * 301}, 422),
        ({"reply": "a machine"}, 303),
        ({"words": "\x00" * 20}, 422),
    ],
    ids=["short", "long", "contact", "machine", "nothing"],
)
def test_what_cannot_be_taken_is_said_and_not_lost(
    story: Article, form: dict[str, str], status: int
) -> None:
    answer = tell(story, **form)
    assert answer.status_code == status
    assert not Tip.objects.exists()
    if status == 422 and "\x00" not in form.get("words", ""):
        assert form.get("words", SECRET) in answer.content.decode()


def test_another_site_sends_nothing_and_a_flood_is_asked_to_wait(story: Article) -> None:
    answer = Client().post(
        place(story), {"words": SECRET}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert SECRET not in answer.content.decode()
    codes = [tell(story).status_code for _n in range(6)]
    assert codes == [303] * 5 + [429]


def test_the_story_s_own_people_read_it_and_each_reading_is_written_down(story: Article) -> None:
    tell(story)
    tip = Tip.objects.get()
    address = f"/desk/tips/{tip.pk}/"
    editor = signed_in("editor")
    listed = editor.get("/desk/tips/").content.decode()
    assert "not read yet" in listed
    assert SECRET not in listed
    assert SECRET not in editor.get(address).content.decode()
    assert not AuditEntry.objects.exists()
    page = editor.post(address)
    assert SECRET in page.content.decode()
    assert "Ask for Wrenfield" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    entry = AuditEntry.objects.get(verb="read tip")
    assert (entry.target, SECRET in str(entry.details)) == (f"articles.tip:{tip.pk}", False)
    for role in ("publisher", "administrator", "treasurer"):
        client = signed_in(role)
        assert client.get("/desk/tips/").status_code == 302
        assert client.post(address).status_code == 404
    # A reporter: those of the own stories alone.
    reporter = person("reporter")
    client = Client()
    client.force_login(reporter, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address).status_code == 404
    named = Person.objects.create(name="Rae", slug="rae", reader=reporter)
    Byline.objects.create(article=story, person=named)
    assert SECRET in client.post(address).content.decode()
    assert client.post(f"{address}destroy/").status_code == 302
    assert not Tip.objects.exists()
    assert AuditEntry.objects.filter(verb="destroyed tip", actor=reporter).exists()


def test_it_is_destroyed_on_its_day_and_keys_can_be_replaced(
    story: Article, settings: Any, editor: Reader
) -> None:
    today = timezone.localdate()
    tip = tips.take(story, SECRET, "", today)
    assert tip.destroy_on == today + timedelta(days=90)
    settings.TIP_KEYS = [Fernet.generate_key().decode(), *settings.TIP_KEYS]
    assert tips.open_tip(tip, editor) == ("", SECRET)
    settings.TIP_KEYS = settings.TIP_KEYS[:1]
    with pytest.raises(tips.Unreadable):
        tips.open_tip(tip, editor)
    Tip.objects.update(destroy_on=today + timedelta(days=1))
    forget_readers()
    assert Tip.objects.exists()
    Tip.objects.update(destroy_on=today)
    forget_readers()
    assert not Tip.objects.exists()
