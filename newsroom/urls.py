"""Every address of the site, composed from what each app offers (docs/architecture.md).

What people read may carry a language's prefix (`/fr/`); JSON, webhook, health and the desk
never do.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from articles import urls as articles_urls
from articles.desk.unpublishing import straight_to_the_reason
from campaigns import urls as campaigns_urls
from newsroom.branding.views import stylesheet
from newsroom.edge.headers import far_kept
from newsroom.letters import urls as letters_urls

urlpatterns = [
    re_path(
        r"^brand/(?P<light>own|[0-9a-f]{6})-(?P<dark>own|[0-9a-f]{6})-(?P<mark>[0-9a-f]{8})\.css$",
        stylesheet,
    ),
    path("", include("newsroom.desk.urls")),
    # Before Wagtail's own page of that address.
    path("desk/pages/<int:page_id>/unpublish/", straight_to_the_reason),
    path("desk/", include(wagtailadmin_urls)),
    path("", include(articles_urls.machine_urlpatterns)),
    path("", include(campaigns_urls.machine_urlpatterns)),
    path("", include(letters_urls.machine_urlpatterns)),
]

if settings.WAYLIGHT_ENV != "production":
    # In production the web server or the CDN in front serves pictures from MEDIA_ROOT.
    urlpatterns += [
        re_path(
            r"^media/(?P<path>.*)$",
            far_kept(serve),
            {"document_root": settings.MEDIA_ROOT},
            name="media",
        ),
        path("demo/", include("newsroom.demo.urls")),
        path("", include("newsroom.desk.gallery_urls")),
    ]

urlpatterns += i18n_patterns(
    path(
        "sign-in/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="sign_in",
    ),
    path("account/", include("newsroom.account.urls")),
    path("account/", include("newsroom.readers.urls")),
    path("", include(letters_urls)),
    path("", include(campaigns_urls)),
    path("", include(articles_urls)),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
