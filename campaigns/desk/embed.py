"""The snippet that partners put on their sites, to be copied, with what it shows."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.auth import permission_required

from campaigns.models import Campaign
from campaigns.views.embed import MOST_BYTES
from newsroom.furniture import desk_page

LONGEST_PARTNER = 30


class SnippetForm(forms.Form):
    """Which language, and the partner's name that gifts begun there are counted under."""

    partner = forms.CharField(
        label=gettext_lazy("Partner site"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Gifts begun there carry it. Empty: all partners are one."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, required=False
    )


@permission_required("campaigns.view_campaign")
def embed(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """GET with `partner` and `language`: the two snippets and a preview."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = SnippetForm(request.GET)
    valid = form.is_valid()
    partner = slugify(form.cleaned_data["partner"])[:LONGEST_PARTNER].strip("-") if valid else ""
    language = (form.cleaned_data["language"] if valid else "") or settings.LANGUAGE_CODE[:2]
    prefix = "" if language == settings.LANGUAGE_CODE[:2] else f"/{language}"
    via = f"embed-{partner}" if partner else "embed"
    address = f"{prefix}/embed/{campaign.slug}/?via={via}"
    page = desk_page(
        _("“%(title)s” on other sites") % {"title": campaign.title},
        icon="code",
        trail=[
            (reverse("campaigns_desk:campaigns"), _("Campaigns")),
            (reverse("campaigns_desk:edit", args=[campaign.pk]), campaign.title),
        ],
        form=form,
        campaign=campaign,
        address=address,
        script=_script(campaign, partner, language),
        frame=format_html(
            '<iframe src="{}{}" title="{}" width="100%" height="420" style="border:0" '
            'loading="lazy" referrerpolicy="no-referrer"></iframe>',
            settings.BASE_URL,
            address,
            campaign.title,
        ),
        kilobytes=MOST_BYTES // 1000,
    )
    return render(request, "campaigns/desk/embed.html", page)


def _script(campaign: Campaign, partner: str, language: str) -> str:
    return format_html(
        '<script src="{}/embed.js" async></script>\n'
        '<waylight-campaign campaign="{}" lang="{}"{}><a href="{}{}?via=embed">{}</a>'
        "</waylight-campaign>",
        settings.BASE_URL,
        campaign.slug,
        language,
        format_html(' partner="{}"', partner) if partner else "",
        settings.BASE_URL,
        campaign.give_url,
        campaign.title,
    )
