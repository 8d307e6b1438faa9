"""An administrator lets people onto the desk by their address; nobody types a password."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from newsroom import roles
from newsroom.readers.models import Reader
from tests.desk.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(settings) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(
        person(roles.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def add(desk: Client, **data: object):
    fields = {"email": "Noor@Newsroom.example", "first_name": "Noor", "last_name": "Haddad"}
    return desk.post("/desk/users/new/", fields | data)


def test_the_form_asks_for_an_address_and_no_password(desk: Client) -> None:
    page = desk.get("/desk/users/new/").content.decode()
    assert 'name="email"' in page
    assert 'type="password"' not in page


def test_an_administrator_adds_an_editor(desk: Client) -> None:
    editors = Group.objects.get(name=roles.EDITOR)
    answer = add(desk, groups=[editors.pk])
    assert answer.status_code == 302
    noor = Reader.objects.get(email="noor@newsroom.example")
    assert list(noor.groups.all()) == [editors]
    assert noor.has_perm("wagtailadmin.access_admin")
    assert not noor.has_usable_password()


def test_an_address_already_there_in_other_letters_is_refused_in_words(desk: Client) -> None:
    Reader.objects.create_user("noor@newsroom.example")
    answer = add(desk)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert Reader.objects.filter(email__iexact="noor@newsroom.example").count() == 1


def test_staff_are_found_and_edited(desk: Client) -> None:
    noor = Reader.objects.create_user("noor@newsroom.example", first_name="Noor", last_name="H")
    assert "noor@newsroom.example" in desk.get("/desk/users/", {"q": "noor"}).content.decode()
    data = {"email": noor.email, "first_name": "Noor", "last_name": "Haddad", "is_active": "on"}
    assert desk.post(f"/desk/users/edit/{noor.pk}/", data).status_code == 302
    noor.refresh_from_db()
    assert noor.last_name == "Haddad"


@pytest.mark.parametrize("role", [roles.EDITOR, roles.TREASURER, roles.PUBLISHER])
def test_other_roles_do_not_reach_people(settings, role: str) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = Client()
    client.force_login(person(role), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/desk/users/").status_code == 302
