"""Every setting of Waylight, read from the environment (docs/settings.md lists the variables).

`WAYLIGHT_ENV` is `production` (the default), `demo` or `test`. In production unsafe values
stop the start with one sentence for each (see `newsroom/safety.py`). Without `WAYLIGHT_ENV`
the file `env` of the state folder is read, so that `manage.py` works beside a running demo.
"""

import mimetypes
import os
import re
from base64 import urlsafe_b64encode
from datetime import date
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from newsroom import engines
from newsroom.safety import refuse_unsafe

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.get("WAYLIGHT_STATE_DIR", BASE_DIR / ".demo"))

env = environ.Env()
if "WAYLIGHT_ENV" not in os.environ and (STATE_DIR / "env").is_file():
    environ.Env.read_env(STATE_DIR / "env")

WAYLIGHT_ENV = env.str("WAYLIGHT_ENV", "production")
if WAYLIGHT_ENV not in ("production", "demo", "test"):
    raise ImproperlyConfigured(
        f"WAYLIGHT_ENV is {WAYLIGHT_ENV!r}: it must be production, demo or test."
    )
WAYLIGHT_DEMO = WAYLIGHT_ENV == "demo"
PRODUCTION = WAYLIGHT_ENV == "production"

DEBUG = env.bool("WAYLIGHT_DEBUG", False)
DEFAULT_SECRET_KEY = "not-a-secret"  # noqa: S105 (production refuses it)
SECRET_KEY = env.str("WAYLIGHT_SECRET_KEY", DEFAULT_SECRET_KEY)

# Where readers find the site: links in mail, feeds, Stripe's return address.
BASE_URL = env.str("WAYLIGHT_BASE_URL", f"http://localhost:{env.int('WAYLIGHT_PORT', 8000)}")
_address = urlsplit(BASE_URL)
HTTPS = _address.scheme == "https"
ALLOWED_HOSTS = env.list("WAYLIGHT_HOSTS", default=[_address.hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# ------------------------------------------------------------------ engines
if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
    DATABASE_URL, REDIS_URL = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
else:
    _running = engines.urls(STATE_DIR)
    DATABASE_URL = os.environ.get("DATABASE_URL", _running.database_url)
    REDIS_URL = os.environ.get("REDIS_URL", _running.redis_url)

DATABASES = {
    "default": {
        **environ.Env.db_url_config(DATABASE_URL),
        "CONN_MAX_AGE": env.int("WAYLIGHT_DATABASE_CONNECTION_SECONDS", 60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        "KEY_PREFIX": "waylight",
    }
}

# ------------------------------------------------------------------ the work queue
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # A request must never wait for a broker that is away: the sweepers find what was not queued.
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-inbox": {
        "task": "campaigns.tasks.sweep_inbox",
        "schedule": 5.0,
        # While no worker runs, sweeps would only pile up.
        "options": {"expires": 5},
    },
    "send-cards": {
        "task": "campaigns.tasks.send_cards",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "send-reminders": {
        "task": "campaigns.tasks.send_reminders",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "sweep-payments": {"task": "campaigns.tasks.sweep_payments", "schedule": 30.0},
    "sweep-recurring": {"task": "campaigns.tasks.sweep_recurring", "schedule": 15.0},
    "foresee-ending-cards": {
        "task": "campaigns.tasks.foresee_ending_cards",
        "schedule": 86400.0,
    },
    "sweep-outbox": {
        "task": "newsroom.mail.tasks.sweep_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    # Half of what a reader may see an old page for at most.
    "sweep-purges": {
        "task": "newsroom.edge.tasks.sweep_purges",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "turn-pages": {
        "task": "newsroom.desk.tasks.turn_pages",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "forget-purges": {"task": "newsroom.edge.tasks.forget_purges", "schedule": 86400.0},
    "publish-scheduled": {"task": "articles.tasks.publish_scheduled", "schedule": 30.0},
    "sweep-news": {
        "task": "articles.tasks.sweep_news",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    # Each does nothing until a day has passed since it last did its work.
    "publish-head": {"task": "articles.tasks.publish_head", "schedule": 60.0},
    "check-record": {"task": "articles.tasks.check_record", "schedule": 60.0},
    "forget-readers": {"task": "articles.tasks.forget_readers", "schedule": 86400.0},
    "reconcile-recent": {
        "task": "campaigns.tasks.reconcile_recent",
        "schedule": 3600.0,
    },
    "reconcile-all": {"task": "campaigns.tasks.reconcile_all", "schedule": 86400.0},
    "forget-unproven": {"task": "newsroom.readers.tasks.forget_unproven", "schedule": 86400.0},
    "sweep-erasures": {
        "task": "newsroom.account.tasks.sweep_erasures",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "destroy-what-is-due": {
        "task": "newsroom.account.tasks.destroy_what_is_due",
        "schedule": 86400.0,
    },
    "look-at-certificate": {
        "task": "newsroom.desk.tasks.look_at_certificate",
        "schedule": 21600.0,
    },
    "heartbeat": {
        "task": "newsroom.desk.tasks.heartbeat",
        "schedule": 10.0,
        "options": {"expires": 60},
    },
    "sweep-letters": {
        "task": "newsroom.letters.tasks.sweep_letters",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sweep-letter-corrections": {
        "task": "newsroom.letters.tasks.sweep_corrections",
        "schedule": 20.0,
        "options": {"expires": 20},
    },
    "count-letters": {
        "task": "newsroom.letters.tasks.count_letters",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "tend-subscribers": {"task": "newsroom.letters.tasks.tend_subscribers", "schedule": 86400.0},
    "sweep-receipts": {
        "task": "campaigns.tasks.sweep_receipts",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "sweep-exports": {"task": "campaigns.tasks.sweep_exports", "schedule": 60.0},
    "forget-receipts": {"task": "campaigns.tasks.forget_receipts", "schedule": 86400.0},
    "write-down-tries": {"task": "campaigns.tasks.write_down_tries", "schedule": 60.0},
    "send-digests": {
        "task": "campaigns.tasks.send_digests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "watch-for-trouble": {
        "task": "newsroom.desk.tasks.watch_for_trouble",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "check-rollups": {"task": "campaigns.tasks.check_rollups", "schedule": 300.0},
    "write-down-steps": {
        "task": "campaigns.tasks.write_down_steps",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "draw-charts": {"task": "campaigns.tasks.draw_charts", "schedule": 60.0},
}

# ------------------------------------------------------------------ apps
INSTALLED_APPS = [
    "newsroom",
    "newsroom.desk",
    "newsroom.account",
    "newsroom.letters",
    "campaigns",
    "articles",
    "newsroom.readers",
    "newsroom.mail",
    "newsroom.branding",
    "newsroom.audit",
    "newsroom.edge",
    *(["newsroom.demo"] if WAYLIGHT_ENV != "production" else []),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    # Outermost: a page that is kept passes none of the others. It keeps their headers with it.
    "newsroom.edge.middleware.PageCacheMiddleware",
    "newsroom.edge.tallies.CountAnswers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "newsroom.edge.language.LanguageByAddress",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "newsroom.readers.second_factor.SecondFactorMiddleware",
    "articles.desk.refusals.RefusalMiddleware",
]
# How much each process keeps of whole public pages; 0 keeps none.
PAGE_CACHE_BYTES = env.int("WAYLIGHT_PAGE_CACHE_MIB", 0 if WAYLIGHT_ENV == "test" else 32) << 20
# The caches in front of the site that are told of every change (newsroom/edge/caches.py).
EDGE_CACHES: dict[str, dict[str, object]] = {}
if _zone := env.str("WAYLIGHT_CLOUDFLARE_ZONE", ""):
    EDGE_CACHES["cloudflare"] = {
        "BACKEND": "newsroom.edge.caches.CloudflareCache",
        "ZONEID": _zone,
        "BEARER_TOKEN": env.str("WAYLIGHT_CLOUDFLARE_TOKEN"),
        "API_BASE": env.str("WAYLIGHT_CLOUDFLARE_API", ""),
    }
if _key := env.str("WAYLIGHT_FASTLY_KEY", ""):
    EDGE_CACHES["fastly"] = {
        "BACKEND": "newsroom.edge.caches.PurgeCache",
        "LOCATION": env.str("WAYLIGHT_FASTLY_LOCATION", ""),
        "HEADERS": {"Fastly-Key": _key},
    }
for _number, _location in enumerate(env.list("WAYLIGHT_PURGE_LOCATIONS", default=[]), start=1):
    EDGE_CACHES[f"purge {_number}"] = {
        "BACKEND": "newsroom.edge.caches.PurgeCache",
        "LOCATION": _location,
    }
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "newsroom.branding.context.branding",
                # For the desk and allauth. It is lazy: no public template reads `user`, since
                # public pages are the same bytes for everybody.
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]

# ------------------------------------------------------------------ people
AUTH_USER_MODEL = "readers.Reader"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "newsroom.readers.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_FORMS = {"login": "newsroom.readers.forms.SignInForm"}
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("WAYLIGHT_BEHIND_PROXY", False) else 0
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Staff without a second factor reach nothing on the desk; only the demo leaves it off.
STAFF_SECOND_FACTOR = env.bool("WAYLIGHT_STAFF_SECOND_FACTOR", not WAYLIGHT_DEMO)

# ------------------------------------------------------------------ language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
USE_I18N = True
USE_TZ = True
# The newsroom's own zone: corrections are dated in it, desks show it.
TIME_ZONE = env.str("WAYLIGHT_TIME_ZONE", "America/Toronto")

# An entry dated this much before it was written down says so; 0 for never. The demo's past is made
# in one morning.
RECORDED_LATE_MINUTES = env.int("WAYLIGHT_RECORDED_LATE_MINUTES", 0 if WAYLIGHT_DEMO else 60)

# Signs the record's daily head (Ed25519): 64 hexadecimal digits. Without one it is made from the
# secret key, so that it changes with that.
RECORD_KEY = (
    env.str("WAYLIGHT_RECORD_KEY", "") or sha256(f"record:{SECRET_KEY}".encode()).hexdigest()
)
if not re.fullmatch(r"[0-9a-f]{64}", RECORD_KEY):
    raise ImproperlyConfigured("WAYLIGHT_RECORD_KEY must be 64 hexadecimal digits (0-9, a-f).")
# By which an address that we forgot is known again (suppression list, proof of consent). Without
# one it is made from the secret key: whoever changes that keeps the old one here.
ADDRESS_KEY = (
    env.str("WAYLIGHT_ADDRESS_KEY", "") or sha256(f"addresses:{SECRET_KEY}".encode()).hexdigest()
)
# Where a line is kept for each day's head, to be taken along by the backup.
RECORD_HEADS_DIR = Path(env.str("WAYLIGHT_RECORD_HEADS_DIR", str(STATE_DIR / "heads")))

# Seal what readers tell in confidence (Fernet: 32 bytes in URL-safe base64); the first seals, each
# opens. Without one it is made from the secret key.
TIP_KEYS = env.list(
    "WAYLIGHT_TIP_KEYS",
    default=[urlsafe_b64encode(sha256(f"tips:{SECRET_KEY}".encode()).digest()).decode()],
)
if not all(re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in TIP_KEYS):
    raise ImproperlyConfigured("WAYLIGHT_TIP_KEYS must be Fernet keys: 44 characters each.")
# Days after which a tip is destroyed, read or not.
TIP_DAYS = env.int("WAYLIGHT_TIP_DAYS", 90)

# ------------------------------------------------------------------ files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("WAYLIGHT_STATIC_ROOT", str(STATE_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Python's own table has it from 3.13 on.
mimetypes.add_type("image/avif", ".avif")
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("WAYLIGHT_MEDIA_ROOT", str(STATE_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if WAYLIGHT_ENV != "test"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Where no collectstatic ran (tests), whitenoise finds files where they lie.
WHITENOISE_USE_FINDERS = WAYLIGHT_ENV == "test"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# ------------------------------------------------------------------ Wagtail
WAGTAIL_SITE_NAME = "Waylight"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/sign-in/"
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
# One clock for the whole desk, whoever schedules: nobody chooses a zone of their own.
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_MODEL = "wagtailimages.Image"
WAGTAILIMAGES_IMAGE_FORM_BASE = "articles.desk.picture_form.PictureForm"
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "italic", "link", "ol", "ul"]},
    }
}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True
# The check of links asks no private network; the tests' own server is in one.
LINKS_PUBLIC_ONLY = WAYLIGHT_ENV != "test"
# From which services editors may embed: keys of `articles.embeds.PROVIDERS`.
EMBED_PROVIDERS = env.list(
    "WAYLIGHT_EMBEDS",
    default=["youtube", "vimeo", "datawrapper", "flourish", "documentcloud", "soundcloud"],
)

# ------------------------------------------------------------------ money
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
# Several secrets are valid while one is rotated.
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "")
STRIPE_LIVE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
# Events of another account (Connect) are refused unless it is this one.
STRIPE_ACCOUNT = env.str("STRIPE_ACCOUNT", "")
# At what hour, in the newsroom's time zone, cards and reminders go out on their day.
MORNING = env.int("WAYLIGHT_MORNING_HOUR", 8)
# What Stripe takes of a charge, by currency: per cent, "+", minor units. Donors may cover it.


def _fees(name: str, usual: dict[str, str]) -> dict[str, tuple[int, int, int | None]]:
    """By currency: basis points, fixed minor units, and the most that is taken, if there is one."""
    read = {
        currency: re.fullmatch(r"(\d{1,2}(?:\.\d{1,2})?)\+(\d{1,6})(?:/(\d{1,6}))?", rate)
        for currency, rate in env.dict(name, default=usual).items()
    }
    if unread := sorted(currency for currency, found in read.items() if not found):
        raise ImproperlyConfigured(
            f"{name}: the rate of {', '.join(unread)} must read like 2.9+30 or 1+40/500."
        )
    return {
        currency: (round(float(found[1]) * 100), int(found[2]), int(found[3]) if found[3] else None)
        for currency, found in read.items()
        if found
    }


CARD_FEES = _fees("WAYLIGHT_CARD_FEES", {"cad": "2.9+30", "usd": "2.9+30"})
DEBIT_FEES = _fees("WAYLIGHT_DEBIT_FEES", {"cad": "1+40/500", "usd": "0.8+0/500"})
# Card testing: forms that one address may send within ten minutes before its browser is asked for
# some work (about half of GIVE_WORK hashes); the busiest ten minutes that are expected; declines
# after which a Checkout is closed, of its own or (within a day) of one card or mailbox anywhere;
# the least gift while an attack lasts, in minor units.
GIVE_FREE_TRIES = env.int("WAYLIGHT_GIVE_FREE_TRIES", 5)
GIVE_USUAL = env.int("WAYLIGHT_GIVE_USUAL", 10)
GIVE_WORK = env.int("WAYLIGHT_GIVE_WORK", 100_000)
DECLINES_PER_CHECKOUT = env.int("WAYLIGHT_DECLINES_PER_CHECKOUT", 4)
DECLINES_PER_CARD = env.int("WAYLIGHT_DECLINES_PER_CARD", 3)
ATTACK_MINIMUM = env.int("WAYLIGHT_ATTACK_MINIMUM", 1_000)
# An offline gift above so many minor units waits for a second person on the desk.
OFFLINE_SECOND_LOOK = env.int("WAYLIGHT_OFFLINE_SECOND_LOOK", 100_000)
# In which currencies a gift may be paid from a bank account, where Stripe's account has it on.
BANK_DEBIT = env.list("WAYLIGHT_BANK_DEBIT", default=["cad", "usd"])
# Give a gift back by ourselves when the card's issuer warns that it was fraud.
REFUND_ON_FRAUD_WARNING = env.bool("WAYLIGHT_REFUND_ON_FRAUD_WARNING", False)
# Days after which a payout that no bank statement shows is missing.
PAYOUT_MISSING_DAYS = env.int("WAYLIGHT_PAYOUT_MISSING_DAYS", 5)
STRIPE_TIMEOUT_SECONDS = env.float("STRIPE_TIMEOUT_SECONDS", 20.0)

# ------------------------------------------------------------------ mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update({k: v for k, v in EMAIL_CONFIG.items() if k.startswith("EMAIL_")})
EMAIL_TIMEOUT = env.int("WAYLIGHT_MAIL_TIMEOUT_SECONDS", 20)
EMAIL_BACKEND = env.str("WAYLIGHT_MAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
ANYMAIL: dict[str, str] = {
    key.removeprefix("ANYMAIL_"): value
    for key, value in os.environ.items()
    if key.startswith("ANYMAIL_")
}
DEFAULT_FROM_EMAIL = env.str("WAYLIGHT_MAIL_FROM", "Newsroom <newsroom@waylight.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Letters (docs/letters.md). Who sends them, where that is another address than that of receipts.
LETTERS_FROM_EMAIL = env.str("WAYLIGHT_LETTERS_FROM", DEFAULT_FROM_EMAIL)
# A letter to more readers than this needs a second person on the desk.
LETTERS_SECOND_PERSON = env.int("WAYLIGHT_LETTERS_SECOND_PERSON", 1_000)
# At most so many a day for one reader: appeals, and scheduled letters of all newsletters.
APPEALS_A_DAY = env.int("WAYLIGHT_APPEALS_A_DAY", 1)
LETTERS_A_DAY = env.int("WAYLIGHT_LETTERS_A_DAY", 3)
# From this hour to that one nothing but corrections and breaking news is sent.
LETTERS_QUIET = (env.int("WAYLIGHT_QUIET_FROM", 21), env.int("WAYLIGHT_QUIET_TO", 7))
# So many a second to one provider, by its name; "other" for all that are not named.
LETTER_RATES = {
    name: int(rate)
    for name, rate in env.dict("WAYLIGHT_LETTER_RATES", default={"other": "100"}).items()
}
# How many tasks send one letter at the same time.
LETTER_SENDERS = env.int("WAYLIGHT_LETTER_SENDERS", 2)
# Whether imported lists may bring readers who did not say yes but gave lately: implied consent,
# which in Canada a registered charity has for two years after a gift (docs/letters.md).
IMPLIED_CONSENT = env.bool("WAYLIGHT_IMPLIED_CONSENT", False)
MAIL_CATCHER_DIR = env.str("WAYLIGHT_MAIL_CATCHER_DIR", "")

# ------------------------------------------------------------------ safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("WAYLIGHT_HTTPS_REDIRECT", HTTPS and PRODUCTION)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("WAYLIGHT_BEHIND_PROXY", False) else None
)
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS and PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

_self = "'self'"
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/desk/",),
    "DIRECTIVES": {
        "default-src": [_self],
        "base-uri": [_self],
        "connect-src": [_self],
        "font-src": [_self],
        # The give form is answered by a redirect to Stripe's own page.
        "form-action": [
            source for source in (_self, "https://checkout.stripe.com", STRIPE_API_BASE) if source
        ],
        "frame-ancestors": ["'none'"],
        "img-src": [_self, "data:"],
        "object-src": ["'none'"],
        "script-src": [_self],
        "style-src": [_self],
    },
}

# ------------------------------------------------------------------ logs
# What Prometheus shows to read `/metrics`; without one there is no such page.
METRICS_TOKEN = env.str("WAYLIGHT_METRICS_TOKEN", "")
# On which days keys end, as whoever made them was told: "stripe=2027-01-31,cloudflare=2027-06-30".
KEYS_EXPIRE: dict[str, date] = {}
for _each in env.list("WAYLIGHT_KEYS_EXPIRE", default=[]):
    _name, _, _day = _each.partition("=")
    try:
        KEYS_EXPIRE[_name.strip()] = date.fromisoformat(_day.strip())
    except ValueError as _error:
        raise ImproperlyConfigured(
            f"WAYLIGHT_KEYS_EXPIRE: “{_each}” is no name=YYYY-MM-DD."
        ) from _error

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "newsroom.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "newsroom.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.str("WAYLIGHT_LOG_FORMAT", "line") == "json" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": env.str("WAYLIGHT_LOG_LEVEL", "INFO")},
    "loggers": {
        "stripe": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}

if PRODUCTION:
    refuse_unsafe(
        {
            "debug": DEBUG,
            "secret_key": SECRET_KEY,
            "default_secret_key": DEFAULT_SECRET_KEY,
            "stripe_key": STRIPE_SECRET_KEY,
            "stripe_api_base": STRIPE_API_BASE,
            "base_url": BASE_URL,
            "second_factor": STAFF_SECOND_FACTOR,
        }
    )
