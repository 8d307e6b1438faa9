"""The campaign's bar and button on other sites: a small page to be framed, and the script that
frames it.

These two alone may stand in a frame of any site. The page sets no cookie, asks no other host, and
its button opens our give page in a tab of its own, with `via` saying that it began here: "embed",
or "embed-<partner>" where the snippet names the site.
"""

import gzip
import re
from pathlib import Path
from typing import Final

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from campaigns import progress as far
from campaigns.models.campaign import AfterEnd
from campaigns.views.campaign import campaign_at, default_for
from newsroom.edge.headers import public

FRESH_SECONDS: Final = 30
SCRIPT_SECONDS: Final = 3600
VIA: Final = "embed"
# All that a partner's page loads of us, compressed.
MOST_BYTES: Final = 10_000

_VIA = re.compile(r"embed(-[a-z0-9]+){0,8}")
_SCRIPT = Path(settings.BASE_DIR, "static", "js", "embed", "loader.js")


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """The page in the frame; the same bytes for everybody who is shown the same snippet."""
    campaign = campaign_at(slug)
    shown = far.progress(campaign)
    via = request.GET.get("via", VIA)
    via = via if _VIA.fullmatch(via) and len(via) <= 40 else VIA
    takes, default = campaign, default_for(campaign) if shown.ended else None
    if default is not None and campaign.after_end == AfterEnd.GOES_ON:
        takes = default
    context = {
        "campaign": campaign,
        "progress": shown,
        "takes": takes if takes.is_open(timezone.now()) else None,
        "home": settings.BASE_URL,
        "via": via,
    }
    return public(request, render(request, "campaigns/embed.html", context), FRESH_SECONDS)


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """`/embed.js`: its address is in partners' pages, so it never changes with a release."""
    response = HttpResponse(_SCRIPT.read_bytes(), content_type="text/javascript; charset=utf-8")
    # Sites that isolate themselves load only what says that it may be.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return public(request, response, SCRIPT_SECONDS, in_front=SCRIPT_SECONDS)


def weight(*parts: bytes) -> int:
    """What the parts weigh on the way, compressed each for itself."""
    return sum(len(gzip.compress(part, 6)) for part in parts)
