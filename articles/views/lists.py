"""Pages that list stories: front, section, person, topic; and the pages that stand."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.alternates import only, page_alternates
from articles.entries import entry_lines
from articles.finding import Sought, find_entries
from articles.front import front_page
from articles.listing import cards, published
from articles.models import Person, Purpose, Section, StandingPage, Topic
from articles.navigation import standing_path
from articles.paging import page_number, page_of
from articles.story import policy_url
from newsroom.branding.own_words import spoken
from newsroom.edge.headers import public

FRESH_SECONDS = 30
LATEST_ENTRIES = 4


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    page = front_page(get_language() or "en")
    context = {
        "lead": page.lead,
        "cards": page.cards,
        "opinion": page.opinion,
        "sections": page.sections,
        "corrections": entry_lines(find_entries(Sought(language=only())), LATEST_ENTRIES),
    }
    return public(request, render(request, "articles/front.html", context), FRESH_SECONDS)


@require_safe
def section(request: HttpRequest, section: Section) -> HttpResponse:
    """A section's stories, newest first. `section` was found by Wagtail's routing."""
    number = page_number(request)
    found = published().filter(path__startswith=section.path, depth=section.depth + 1)
    shown, has_next = page_of(lambda count, offset: cards(found, count, offset), number)
    context = {
        "section": section,
        "alternates": page_alternates(section),
        "cards": shown,
        "page_number": number,
        "has_next": has_next,
        "feed_url": f"{section.url}feed.atom",
    }
    return public(request, render(request, "articles/section.html", context), FRESH_SECONDS)


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    who = get_object_or_404(Person.objects.select_related("portrait"), slug=slug)
    found = published(get_language() or "en").filter(bylines__person=who)
    number = page_number(request)
    shown, has_next = page_of(lambda count, offset: cards(found, count, offset), number)
    who = spoken(who, "role", "biography")
    context = {"person": who, "cards": shown, "page_number": number, "has_next": has_next}
    return public(request, render(request, "articles/person.html", context), FRESH_SECONDS)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    what = get_object_or_404(Topic, slug=slug)
    found = published(get_language() or "en").filter(topics=what)
    number = page_number(request)
    shown, has_next = page_of(lambda count, offset: cards(found, count, offset), number)
    context = {"topic": what, "cards": shown, "page_number": number, "has_next": has_next}
    return public(request, render(request, "articles/topic.html", context), FRESH_SECONDS)


@require_safe
def standing(request: HttpRequest, page: StandingPage) -> HttpResponse:
    """A standing page. `page` was found by Wagtail's routing."""
    if page.purpose == Purpose.CORRECTIONS:
        # It has one address, which every correction links to.
        response = HttpResponse(status=301)
        response["Location"] = standing_path(page.slug, page.purpose, page.locale.language_code)
        return response
    context = {"page": page, "alternates": page_alternates(page)}
    return public(request, render(request, "articles/standing.html", context), FRESH_SECONDS)


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """The corrections policy, at the address every correction links to."""
    language = get_language() or "en"
    policies = StandingPage.objects.live().filter(purpose=Purpose.CORRECTIONS)
    found = policies.filter(locale__language_code=language).first()
    if found is None:
        if language != settings.LANGUAGE_CODE:
            return redirect(policy_url(settings.LANGUAGE_CODE))
        raise Http404(_("The corrections policy is not written yet."))
    context = {"page": found, "alternates": page_alternates(found)}
    return public(request, render(request, "articles/standing.html", context), FRESH_SECONDS)
