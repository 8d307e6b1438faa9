"""The site as a WSGI application; served by granian (docs/decisions/0003)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402 (the settings stand now)

from newsroom.safety import refuse, unservable_settings  # noqa: E402

if settings.PRODUCTION:
    refuse(unservable_settings(settings.STRIPE_WEBHOOK_SECRETS))
