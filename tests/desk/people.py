"""People of each role at the desk."""

from collections.abc import Callable

from django.contrib.auth.models import Group, Permission
from django.test import Client

from newsroom import roles
from newsroom.readers.models import Reader

SignIn = Callable[[str], Client]


def person(role: str) -> Reader:
    """Someone with `role`, as the table of roles has it."""
    group, _made = Group.objects.get_or_create(name=role)
    names = [name.split(".") for name in roles.PERMISSIONS[role]]
    group.permissions.set(
        [
            Permission.objects.get(content_type__app_label=app, codename=codename)
            for app, codename in names
        ]
    )
    reader = Reader.objects.create_user(f"{role.replace(' ', '-')}@newsroom.example")
    reader.is_staff = True
    reader.save()
    reader.groups.add(group)
    return reader


def signed_in(role: str) -> Client:
    """A client of someone with `role`; the second factor has its own tests."""
    client = Client()
    client.force_login(person(role), backend="django.contrib.auth.backends.ModelBackend")
    return client
