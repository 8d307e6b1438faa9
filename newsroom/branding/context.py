"""`branding` in every template: the newsroom's name and addresses."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsroom.branding.models import Branding


def branding(request: HttpRequest) -> dict[str, object]:
    return {"branding": SimpleLazyObject(lambda: Branding.load(request_or_site=request))}
