from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page

from articles.serving import serve_page


# After Wagtail's own check of view restrictions, which is at 0.
@hooks.register("before_serve_page", order=1)
def serve(page: Page, request: HttpRequest, args: list, kwargs: dict) -> HttpResponse | None:
    return serve_page(page, request)
