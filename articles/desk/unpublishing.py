"""Wagtail's page that asks whether to unpublish, passed by where ours asks why."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.pages.unpublish import UnpublishView

from articles.wagtail_hooks import remove_on_the_record


class StraightToTheReason(UnpublishView):
    """A public story, or a section with one, goes to its removal; what else there is, Wagtail asks
    about as ever. Its POST meets the same in `before_unpublish_page`."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        offered = remove_on_the_record(request, self.object)
        return offered or super().get(request, *args, **kwargs)


straight_to_the_reason = require_admin_access(never_cache(StraightToTheReason.as_view()))
