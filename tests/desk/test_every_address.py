"""Every address of the desk × every role: the whole table, made from the addresses themselves.

`docs/rights.md` holds it. A new page in no row, or a right that moved, fails here; the table
as it is now is then in `.test/rights.md`, to be looked at and, if it is meant so, put in its place.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from articles.models import Comment
from newsroom import roles
from newsroom.desk.role_sync import sync_roles
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.desk.people import person, signed_in
from tests.reporting.made import report

pytestmark = pytest.mark.django_db

HEAD = """# Who may open what

Every page of ours on the desk, and every role of `newsroom/roles.py`: ● may open it, · is refused.
Made from the addresses, and asserted whole by `tests/desk/test_every_address.py`. What a
page then shows is narrower still: donors' names and addresses only with `campaigns.view_donor`
(and, on *Thank-you calls*, those of the very donors to be called), a segment's file only with
`campaigns.export_segment`. Wagtail's own pages (stories, pictures, snippets, users) ask for the
rights of `PERMISSIONS`, `PAGES` and `COLLECTIONS` in the same module. Nobody reaches any of them
signed out, as a reader, or without a second factor; each ends their own sessions at
`/account/sessions/`.

"""
SAMPLES = {
    "int": "987654321",
    "str": "fr",
    "slug": "none",
    "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
}
OURS = ("campaigns", "articles", "newsroom")


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, before: str = "", *, ours: bool = False
) -> Iterator[tuple[str, bool]]:
    """(route, whether the page is ours) of every address of the desk."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + as_route(str(each.pattern))
        if isinstance(each, URLResolver):
            # A viewset of ours has Wagtail's views; its module of addresses or its name is ours.
            named = str(getattr(each.urlconf_name, "__name__", "")).startswith(OURS)
            yield from addresses(each.url_patterns, route, ours=ours or named)
        elif route.startswith("desk/"):
            view = getattr(each.callback, "view_class", each.callback)
            yield route, ours or view.__module__.startswith(OURS)


def as_route(pattern: str) -> str:
    """A pattern of words as a route: `^(?P<pk>\\d+)/(?P<do>stop|go)/$` is `<int:pk>/<stop:do>/`."""
    route = re.sub(r"\(\?P<(\w+)>\\d\+\)", r"<int:\1>", pattern.removeprefix("^").removesuffix("$"))
    return re.sub(r"\(\?P<(\w+)>([\w-]+)(?:\|[\w-]+)*\)", r"<\2:\1>", route)


def filled(route: str, known: Mapping[str, int] | None = None) -> str | None:
    """The address with something that is not there in each place, or with what is `known`; None for
    a pattern of words."""
    path = route
    if known and route in known:
        path = route[: route.index("<")] + str(known[route]) + route[route.index(">") + 1 :]
    path = re.sub(r"<([\w-]+):\w+>", lambda found: SAMPLES.get(found[1], found[1]), path)
    return None if any(sign in path for sign in "<^$(\\") else f"/{path}"


def looked_up_first() -> dict[str, int]:
    """Something that is there, for the pages which look it up before they ask for rights."""
    section = newsroom.section()
    story = newsroom.story(section)
    comment = Comment.objects.create(
        article=story, reader=newsroom.editor("Ida"), text="So it was.", state="held"
    )
    mail = OutboxMail.objects.create(
        dedupe_key="m:1", kind="receipt", to="a@example.org", subject="s", text="t", html="h"
    )
    return {
        "desk/comments/<int:pk>/": comment.pk,
        "desk/outbox/<int:pk>/": mail.pk,
        "desk/reports/<int:pk>/": report(story).pk,
        "desk/removals/story/<int:pk>/": story.pk,
        "desk/sections/<int:pk>/remove/": section.pk,
        "desk/stories/<int:pk>/translate/": story.pk,
    }


# These look their thing up before they ask who it is for; their own tests say who that is.
NOT_ALWAYS_THERE = {
    "desk/stories/<int:page_id>/correct-now/",
    "desk/letters/edit/<int:pk>/",
    "desk/tips/<int:tip_id>/",
    "desk/tips/<int:tip_id>/destroy/",
}


def our_addresses() -> list[str]:
    return sorted({route for route, ours in addresses() if ours} - NOT_ALWAYS_THERE)


def is_refused(client: Client, path: str) -> bool:
    """Sent to the desk's home or to sign in, or told so, before anything was looked up."""
    answer: Any = client.get(path)
    if answer.status_code == 405:
        answer = client.post(path)
    home = answer.status_code == 302 and answer.headers["Location"] in ("/desk/", "/")
    sign_in = answer.status_code == 302 and "/login" in answer.headers["Location"]
    return bool(home or sign_in or answer.status_code == 403)


def test_who_may_open_what_is_the_table_in_the_docs(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    routes = our_addresses()
    assert len(routes) > 80, "the addresses are not found any more"
    sync_roles()
    known = looked_up_first()
    may: dict[str, set[str]] = {route: set() for route in routes}
    for role in roles.ROLES:
        client = signed_in(role)
        client.raise_request_exception = False
        for route in routes:
            path = filled(route, known)
            assert path, f"{route}: say with what it is to be filled"
            if not is_refused(client, path):
                may[route].add(role)
    lines = [
        "| Address | " + " | ".join(roles.ROLES) + " |",
        "|---|" + "---|" * len(roles.ROLES),
        *(
            f"| `/{route}` | "
            + " | ".join("●" if r in may[route] else "·" for r in roles.ROLES)
            + " |"
            for route in routes
        ),
    ]
    found = HEAD + "\n".join(lines) + "\n"
    root = Path(configured.BASE_DIR)
    kept = (root / "docs/rights.md").read_text() if (root / "docs/rights.md").exists() else ""
    if found != kept:
        (root / ".test").mkdir(exist_ok=True)
        (root / ".test/rights.md").write_text(found)
    assert found.splitlines() == kept.splitlines()


def test_no_address_of_the_desk_is_open_to_strangers_readers_or_without_a_second_factor(
    settings: Settings,
) -> None:
    every = {path: ours for route, ours in addresses() if (path := filled(route))}
    assert len(every) > 250
    # What has to be reached before somebody has come in, or tells nothing.
    open_ = {
        "/desk/login/",
        "/desk/logout/",
        "/desk/password_reset/",
        "/desk/jsi18n/",
        "/desk/sprite/",
    }
    reader = Client()
    reader.force_login(
        Reader.objects.create_user("reader@example.org"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    settings.STAFF_SECOND_FACTOR = True
    staff = Client()
    staff.force_login(
        person(roles.ADMINISTRATOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    reached: dict[str, list[str]] = {}
    for name, client in (("stranger", Client()), ("reader", reader), ("one factor", staff)):
        client.raise_request_exception = False
        # A stranger tries Wagtail's own addresses too.
        for path in sorted(p for p, ours in every.items() if ours or name == "stranger"):
            answer: Any = client.get(path)
            if answer.status_code == 405:
                answer = client.post(path)
            to = answer.headers.get("Location", "")
            stopped = answer.status_code in (401, 403) or (
                answer.status_code == 302 and ("/account/" in to or to.startswith("/desk/login"))
            )
            if not stopped and not any(path.startswith(each) for each in open_):
                reached.setdefault(path, []).append(f"{name} {answer.status_code} {to}")
    assert reached == {}
