"""Pages that Wagtail routes are answered by our own views: one place for headers and queries."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail.models import Page

from articles.models import Article, FrontPage, Section, StandingPage
from articles.views import lists


def serve_page(page: Page, request: HttpRequest) -> HttpResponse | None:
    """The answer for a live page of ours; None leaves it to Wagtail.

    A story has one address, which is not the one in Wagtail's tree: that one redirects.
    """
    match page:
        case Section():
            return lists.section(request, page)
        case StandingPage():
            return lists.standing(request, page)
        case FrontPage():
            return lists.front(request)
        case Article():
            if page.url is None:
                raise Http404
            return redirect(page.url, permanent=True)
    return None
