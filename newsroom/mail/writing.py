"""What an e-mail says: subject, plain text and HTML, written from its three templates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import css_inline
import mrml
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from newsroom.branding.context import shown
from newsroom.branding.models import Branding

SUBJECT_LENGTH = 300

# mrml would link the fonts it knows from a third party: the mail would tell on its reader.
_MJML = mrml.RenderOptions(fonts={})
_INLINE = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Written:
    """An e-mail's words. `subject` is one line without control characters."""

    subject: str
    text: str
    html: str


def write(template: str, context: Mapping[str, object], language: str = "en") -> Written:
    """Render `mail/<template>_subject.txt`, `.txt` and `.mjml` in `language`.

    The templates also get `branding`, `site_url` (no slash at its end) and `language`. Values
    are escaped in the MJML and as they are in subject and text. Raises TemplateDoesNotExist
    when one of the three is missing and OSError when the MJML cannot be read.
    """
    values: dict[str, object] = {
        "site_url": settings.BASE_URL.rstrip("/"),
        "language": language,
        **context,
    }
    with translation.override(language):
        values["branding"] = shown(Branding.load())
        subject = _render(f"mail/{template}_subject.txt", values, escape=False)
        text = _render(f"mail/{template}.txt", values, escape=False)
        mjml = _render(f"mail/{template}.mjml", values, escape=True)
    html = _INLINE.inline(mrml.to_html(mjml, render_options=_MJML).content)
    return Written(one_line(subject)[:SUBJECT_LENGTH], text.strip() + "\n", html)


def one_line(words: str) -> str:
    """`words` fit for a header: breaks, tabs and control characters become single spaces."""
    return _BREAKS.sub(" ", words).strip()


def _render(name: str, values: Mapping[str, object], *, escape: bool) -> str:
    # A plain Context: a mail depends on no request, whoever's page happened to cause it.
    template = get_template(name).template  # type: ignore[attr-defined]
    return template.render(Context(values, autoescape=escape))
