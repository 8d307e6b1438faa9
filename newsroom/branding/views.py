"""The newsroom's own colours as a stylesheet, kept for ever under the name of what is in it."""

from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from newsroom.branding import colours


def style_name(light: str, dark: str) -> str:
    """What changes when the colours do; empty without any."""
    text = colours.stylesheet(light, dark)
    if not text:
        return ""
    said = f"{light.removeprefix('#') or 'own'}-{dark.removeprefix('#') or 'own'}"
    return f"{said}-{sha256(text.encode()).hexdigest()[:8]}"


@require_safe
def stylesheet(request: HttpRequest, light: str, dark: str, mark: str) -> HttpResponse:
    """The colours are in the address, and its end says that it is one of ours."""
    wanted = ["" if each == "own" else f"#{each}" for each in (light, dark)]
    if not all(each == "" or colours.is_colour(each) for each in wanted):
        raise Http404
    if style_name(*wanted) != f"{light}-{dark}-{mark}":
        raise Http404
    answer = HttpResponse(colours.stylesheet(*wanted), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
