"""The page cache in one process: what it keeps, for whom, and what it must never keep."""

import gzip
import threading
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.views.decorators.vary import vary_on_cookie
from pytest_django import Settings

from articles.models import Section
from newsroom.edge import generation, page_counts
from newsroom.edge.headers import public
from newsroom.edge.middleware import STORE, PageCacheMiddleware
from newsroom.edge.pages import Page, Store, lasts
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.desk.people import signed_in

DEAD_REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def cached(settings: Settings) -> Iterator[None]:
    settings.PAGE_CACHE_BYTES = 8 << 20
    STORE.clear()
    generation.advance()
    yield
    STORE.clear()


class Site:
    """A view behind the cache that counts how often it was asked."""

    def __init__(self, view: Callable[[HttpRequest, int], HttpResponse] | None = None) -> None:
        self.asked = 0
        self._view = view or self._page
        self._cache = PageCacheMiddleware(self._count)

    def _count(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        return self._view(request, self.asked)

    @staticmethod
    def _page(request: HttpRequest, number: int) -> HttpResponse:
        return public(
            request, HttpResponse(f"page {number} of {request.path} " + "words " * 200), 30
        )

    def get(self, path: str = "/story/", method: str = "GET", **meta: str) -> Any:
        return self._cache(RequestFactory().generic(method, path, **meta))


def grow_old() -> None:
    """The one page that is kept was made 31 seconds ago."""
    (page,) = STORE._pages.values()
    page.made_at -= 31


def test_a_page_is_made_once_and_given_to_everybody() -> None:
    site = Site()
    first, second = site.get(), site.get(HTTP_COOKIE="sessionid=somebody")
    assert (first.content, site.asked) == (second.content, 1)
    assert int(second["Age"]) >= 0
    assert second["Content-Length"] == str(len(second.content))


def test_host_scheme_path_and_known_parameters_tell_pages_apart() -> None:
    site = Site()
    asked = [
        {"path": "/a/"},
        {"path": "/fr/a/"},
        {"path": "/a/?page=2"},
        {"path": "/a/?page=3"},
        {"path": "/a/", "HTTP_HOST": "other.example"},
        {"path": "/a/", "wsgi.url_scheme": "https"},
    ]
    for each in asked:
        site.get(**each)
    assert site.asked == len(asked)
    for each in asked:
        site.get(**each)
    assert site.asked == len(asked)


def test_what_other_sites_hang_on_to_an_address_changes_nothing_and_reaches_no_view() -> None:
    seen: list[str] = []

    def view(request: HttpRequest, number: int) -> HttpResponse:
        seen.append(request.META["QUERY_STRING"])
        return Site._page(request, number)

    site = Site(view)
    site.get("/a/?utm_source=letter&page=2&fbclid=x")
    site.get("/a/?page=2&utm_campaign=spring")
    assert seen == ["page=2"]


def test_a_parameter_nobody_knows_has_the_page_made_for_it_alone() -> None:
    site = Site()
    for _ in range(2):
        assert "Age" not in site.get("/a/?q=kiln")
    assert site.asked == 2
    assert len(STORE) == 0


@pytest.mark.parametrize(
    "path", ["/desk/", "/account/", "/stripe/webhook/", "/static/x.css", "/healthz"]
)
def test_desk_account_and_the_like_are_never_kept_whatever_they_say(path: str) -> None:
    site = Site()
    site.get(path)
    site.get(path)
    assert site.asked == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_a_get_makes_a_page(method: str) -> None:
    site = Site()
    site.get(method=method)
    site.get(method=method)
    assert site.asked == 2
    assert len(STORE) == 0


def _with_cookie(request: HttpRequest, number: int) -> HttpResponse:
    response = Site._page(request, number)
    response.set_cookie("who", "me")
    return response


def _streamed(request: HttpRequest, number: int) -> Any:
    response = StreamingHttpResponse([b"a"])
    response["Cache-Control"] = "public, s-maxage=30"
    return response


def _said(cache_control: str) -> Callable[[HttpRequest, int], HttpResponse]:
    return lambda request, number: HttpResponse("x", headers={"Cache-Control": cache_control})


@pytest.mark.parametrize(
    "view",
    [
        _with_cookie,
        _streamed,
        vary_on_cookie(Site._page),
        _said("private, no-store"),
        _said("public, max-age=60"),
        _said("public, s-maxage=30, no-store"),
        _said("public, s-maxage=0"),
        _said(""),
        lambda request, number: HttpResponse("x"),
    ],
)
def test_what_is_not_for_every_cache_is_not_kept(view: Any) -> None:
    site = Site(view)
    site.get()
    site.get()
    assert site.asked == 2
    assert len(STORE) == 0


def test_another_generation_ends_every_page_at_once_in_this_process() -> None:
    site = Site()
    site.get()
    generation.advance()
    assert site.get().content.startswith(b"page 2 ")


def test_a_page_begun_before_a_change_is_not_kept_as_one_of_after() -> None:
    def view(request: HttpRequest, number: int) -> HttpResponse:
        response = Site._page(request, number)
        if number == 1:
            generation.advance()
        return response

    site = Site(view)
    assert site.get().content.startswith(b"page 1 ")
    assert site.get().content.startswith(b"page 2 ")


@pytest.mark.parametrize("path", ["/a/", "/search/?q=kiln"])
def test_a_page_that_was_overtaken_while_it_was_made_is_kept_by_no_cache_in_front(
    path: str,
) -> None:
    def view(request: HttpRequest, number: int) -> HttpResponse:
        response = Site._page(request, number)
        if number == 1:
            # Its purge goes out while this page is still on its way.
            generation.advance()
        return response

    site = Site(view)
    assert site.get(path)["Cache-Control"] == "private, max-age=0"
    assert "s-maxage=5" in site.get(path)["Cache-Control"]
    assert site.asked == 2


def test_caches_in_front_keep_a_page_for_seconds_and_our_own_until_something_changes() -> None:
    site = Site()
    first = site.get()
    assert "s-maxage=5, stale-while-revalidate=5" in first["Cache-Control"]
    (page,) = STORE._pages.values()
    page.made_at -= 29
    kept = site.get()
    assert site.asked == 1
    # For the cache in front it is as good as one made just now.
    assert (kept["Age"], kept["Cache-Control"]) == ("0", first["Cache-Control"])


def test_a_page_is_not_fresh_beyond_what_it_says() -> None:
    site = Site()
    site.get()
    grow_old()
    assert site.get().content.startswith(b"page 2 ")


def test_many_who_ask_at_once_have_a_page_made_once() -> None:
    entered, go = threading.Event(), threading.Event()

    def view(request: HttpRequest, number: int) -> HttpResponse:
        entered.set()
        go.wait(20)
        return Site._page(request, number)

    site = Site(view)
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(site.get().content)) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert entered.wait(20)
    go.set()
    for thread in threads:
        thread.join(20)
    assert (site.asked, len(got), len(set(got))) == (1, 12, 1)


def test_while_one_makes_it_anew_the_others_get_the_old_page() -> None:
    entered, go = threading.Event(), threading.Event()

    def view(request: HttpRequest, number: int) -> HttpResponse:
        if number == 2:
            entered.set()
            go.wait(20)
        return Site._page(request, number)

    site = Site(view)
    site.get()
    grow_old()
    maker = threading.Thread(target=site.get)
    maker.start()
    assert entered.wait(20)
    assert site.get().content.startswith(b"page 1 ")
    go.set()
    maker.join(20)
    assert site.get().content.startswith(b"page 2 ")
    assert site.asked == 2


def test_after_a_change_nobody_gets_the_old_page_while_the_new_one_is_made() -> None:
    entered, go = threading.Event(), threading.Event()

    def view(request: HttpRequest, number: int) -> HttpResponse:
        if number == 2:
            entered.set()
            go.wait(20)
        return Site._page(request, number)

    site = Site(view)
    site.get()
    generation.advance()
    got: list[bytes] = []
    threads = [threading.Thread(target=lambda: got.append(site.get().content)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert entered.wait(20)
    go.set()
    for thread in threads:
        thread.join(20)
    assert {each[:7] for each in got} == {b"page 2 "}


def test_who_fails_to_make_a_page_holds_nobody_up() -> None:
    def view(request: HttpRequest, number: int) -> HttpResponse:
        if number == 1:
            raise RuntimeError
        return Site._page(request, number)

    site = Site(view)
    with pytest.raises(RuntimeError):
        site.get()
    assert site.get().content.startswith(b"page 2 ")


def test_without_redis_pages_are_still_given_and_soon_made_anew(settings: Settings) -> None:
    settings.REDIS_URL = DEAD_REDIS
    generation.advance()
    site = Site()
    assert site.get().status_code == 200
    first = generation.current()
    assert generation.current() == first
    generation._watch.look_again()
    assert generation.current() != first
    assert site.get().content.startswith(b"page 2 ")


def test_a_generation_that_redis_lost_never_comes_back() -> None:
    from newsroom.edge.redis import redis

    before = generation.current()
    redis().flushall()
    generation._watch.look_again()
    assert generation.current() not in ("", before)


def test_a_reader_who_has_the_page_is_told_so_in_no_bytes() -> None:
    site = Site()
    etag = site.get()["ETag"]
    again = site.get(HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert site.get(HTTP_IF_NONE_MATCH='"another"').status_code == 200
    # Also when that very request has to make the page.
    generation.advance()
    assert site.get(HTTP_IF_NONE_MATCH='"another"').status_code == 200


def test_a_first_request_that_has_the_page_already_leaves_it_whole_for_the_others() -> None:
    def view(request: HttpRequest, number: int) -> HttpResponse:
        return public(request, HttpResponse("always the same words"), 30)

    etag = Site(view).get()["ETag"]
    STORE.clear()
    site = Site(view)
    assert site.get(HTTP_IF_NONE_MATCH=etag).status_code == 304
    assert site.get().content == b"always the same words"
    assert site.asked == 1


def test_one_readers_not_modified_is_nobody_elses_page() -> None:
    def view(request: HttpRequest, number: int) -> HttpResponse:
        if number == 1:
            return HttpResponse("for a moment there was none", status=503)
        return public(request, HttpResponse("the words"), 30)

    site = Site(view)
    site.get()
    assert site.get(HTTP_IF_NONE_MATCH="*").status_code == 304
    whole = site.get()
    assert (whole.status_code, whole.content) == (200, b"the words")


def test_an_encoded_question_mark_makes_no_address_another() -> None:
    site = Site()
    pages = {site.get("/a/%3Fpage=2").content, site.get("/a/?page=2?").content}
    assert (site.asked, len(pages)) == (2, 2)


def test_a_flood_of_long_addresses_is_not_remembered() -> None:
    site = Site(lambda request, number: HttpResponse("nothing here", status=404))
    site.get("/short/")
    site.get("/" + "x" * 3000 + "/")
    assert len(site._cache._passing) == 1


def test_a_word_that_redis_had_before_is_another_generation() -> None:
    from newsroom.edge.redis import redis

    site = Site()
    site.get()
    before = redis().get(generation.KEY)
    generation.advance()
    assert generation.current()
    redis().set(generation.KEY, before)
    generation._watch.look_again()
    assert site.get().content.startswith(b"page 2 ")


def test_the_head_of_a_page_is_told_without_its_body() -> None:
    site = Site()
    whole = site.get()
    head = site.get(method="HEAD")
    assert (head.content, head["Content-Length"]) == (b"", str(len(whole.content)))
    assert site.asked == 1


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("gzip;q=0.0", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_a_page_comes_in_the_encoding_its_reader_takes(accepted: str, encoding: str) -> None:
    site = Site()
    plain = site.get().content
    response = site.get(HTTP_ACCEPT_ENCODING=accepted)
    undo = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert undo(response.content) == plain
    assert response.get("Content-Encoding", "") == encoding
    assert response["Vary"] == "Accept-Encoding"
    same = site.get(HTTP_ACCEPT_ENCODING=accepted, HTTP_IF_NONE_MATCH=response["ETag"])
    assert same.status_code == 304


def test_the_store_keeps_within_its_bytes_and_forgets_the_least_asked_for() -> None:
    store = Store(100_000)

    def page(length: int = 10_000) -> Page:
        return Page(200, {}, b"x" * length, "", "g", 30, 60)

    for number in range(20):
        store.put(str(number), page())
        store.get("0")
    assert store.bytes <= 100_000
    assert store.get("0") is not None
    assert store.get("1") is None
    store.put("0", page(100))
    before = len(store)
    store.put("large", page(2 << 20))
    assert store.get("large") is None
    assert len(store) == before


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("public, max-age=0, s-maxage=30, stale-while-revalidate=60", (30, 60)),
        ("Public, S-Maxage=30", (30, 0)),
        ("s-maxage=30", (0, 0)),
        ("public, s-maxage=30, private", (0, 0)),
        ("public, s-maxage=-3", (0, 0)),
        ("public, s-maxage=x", (0, 0)),
    ],
)
def test_how_long_a_page_lasts_is_what_its_own_header_says(
    said: str, seconds: tuple[int, int]
) -> None:
    assert lasts(said) == seconds


def test_hits_are_counted_over_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_counts, "_tally", page_counts._Tally())
    site = Site()
    for _ in range(4):
        site.get()
    assert (page_counts._tally.hits, page_counts._tally.misses) == (3, 1)
    monkeypatch.setattr(page_counts._tally, "_next", 0.0)
    site.get()
    assert page_counts.today() == page_counts.Counts(hits=4, misses=1)
    assert page_counts.today().percent == 80


@pytest.mark.django_db
def test_a_kept_page_has_every_header_of_the_page_as_it_was_made() -> None:
    newsroom.section()
    client = Client()
    first, second = client.get("/energy/"), client.get("/energy/")
    assert "Age" in second
    beside = {"Age", "Vary"}
    assert {k: v for k, v in first.items() if k not in beside} == {
        k: v for k, v in second.items() if k not in beside
    }
    assert "default-src 'self'" in second["Content-Security-Policy"]
    assert second["X-Content-Type-Options"] == "nosniff"
    assert second["X-Frame-Options"] == "DENY"
    assert second["Content-Language"] == "en"


@pytest.mark.django_db
def test_pages_of_the_site_are_the_same_with_the_cache_and_without(settings: Settings) -> None:
    section = newsroom.section()
    story = newsroom.story(section)
    campaign = a_campaign()
    paths = ["/", "/energy/", story.url, f"{story.url}history/", f"/give/{campaign.slug}/"]
    cached = Client()
    for path in paths:
        cached.get(path)
    kept = {path: cached.get(path) for path in paths}
    settings.PAGE_CACHE_BYTES = 0
    plain = Client()
    for path in paths:
        assert "Age" in kept[path], path
        assert plain.get(path).content == kept[path].content


@pytest.mark.django_db
def test_nothing_of_a_person_is_kept(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = False
    newsroom.story(Section.objects.first() or newsroom.section())
    campaign = a_campaign()
    client = signed_in("administrator")
    for path in ("/desk/", "/account/", f"/give/{campaign.slug}/", "/sign-in/", "/search/?q=x"):
        client.get(path)
    for path in ("/account/", "/desk/"):
        assert "Age" not in client.get(path)
    client.post(f"/give/{campaign.slug}/start/", {"amount": "not money"})
    kept = [key for key in STORE._pages if "/give/" not in key]
    assert kept == []
    shown = Client().get(f"/give/{campaign.slug}/").content.decode()
    assert "csrf" not in shown


@pytest.mark.django_db
def test_an_address_of_another_host_is_refused_and_not_kept() -> None:
    client = Client()
    for _ in range(2):
        assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert len(STORE) == 0


def test_a_page_without_an_etag_is_kept_whole() -> None:
    def view(request: HttpRequest, number: int) -> HttpResponse:
        return HttpResponse("x", headers={"Cache-Control": "public, s-maxage=30"})

    site = Site(view)
    site.get()
    assert site.get(HTTP_IF_NONE_MATCH="*").status_code == 200
