"""All settings, from the environment or from `$LINLI_HOME/linli.env`; the defaults are the safe ones.

`linli init` writes that file with fresh secrets. Every name is listed in docs/settings.md.
"""

from __future__ import annotations

import os
from datetime import time
from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from linli.cases.quiet import quiet_hours

PACKAGE = Path(__file__).resolve().parent.parent
env = environ.Env()
HOME = Path(env("LINLI_HOME", default=str(Path.cwd() / "var"))).resolve()
if (HOME / "linli.env").is_file():
    env.read_env(str(HOME / "linli.env"))

KINDS = sorted(found.parent.name for found in PACKAGE.glob("kinds/*/procedure.yaml"))
DEMO = env.bool("LINLI_DEMO", default=False)
# Help, catalogues, types: nothing is served, no data touched.
BUILDING = env.bool("LINLI_BUILDING", default=False)


def _secret(name: str) -> str:
    value = env(name, default="")
    if not value and BUILDING:
        return "only-for-building-nothing-is-served"
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Run `linli init` once, or put it into {HOME / 'linli.env'}."
        )
    return str(value)


SECRET_KEY = _secret("LINLI_SECRET_KEY")
DATA_KEY = _secret("LINLI_DATA_KEY")  # opens people's data; keep a copy apart from the backups
DATA_KEY_BEFORE = env("LINLI_DATA_KEY_BEFORE", default="")  # while it is being changed

DEBUG = False
PLAIN_HTTP = env.bool(
    "LINLI_PLAIN_HTTP", default=DEMO
)  # only where a proxy in front speaks HTTPS, or on loopback
ALLOWED_HOSTS = env.list("LINLI_HOSTS", default=["*"] if DEMO else ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.list("LINLI_ORIGINS", default=[])
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
BEHIND_PROXY = env.bool("LINLI_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if (
    not PLAIN_HTTP
):  # a browser takes these from this very host only, so no neighbour below the same domain sets them
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "linli.conf",
    "linli.base",
    "linli.ledger",
    "linli.divisions",
    "linli.posts",
    "linli.residents",
    "linli.cases",
    "linli.web",
    "linli.documents",
    "linli.registers",
    *[f"linli.kinds.{kind}" for kind in KINDS],
    "linli.analytics",
    "linli.exchange",
    "linli.portals.resident",
    "linli.portals.desk",
    "linli.portals.field",
    "linli.portals.command",
    "linli.portals.api",
    "linli.portals.open311",
    "linli.portals.feeds",
    "linli.portals.demo",
    "linli.portals.entrance",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "linli.web.middleware.Shell",
    "django.middleware.security.SecurityMiddleware",
    "linli.conf.health.Watched",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "linli.web.middleware.Room",
    "linli.base.middleware.Generations",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "linli.web.middleware.Pages",
    "allauth.account.middleware.AccountMiddleware",
    "linli.web.middleware.Recorded",
    "linli.web.middleware.Refusals",
    # The simulator leaves alone what visitors look at.
    *(["linli.portals.demo.visits.Visits"] if DEMO else []),
]
PAGE_MIDDLEWARE = [  # not for machines: they have no session, and nothing they read runs in a browser
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "csp.middleware.CSPMiddleware",
    "linli.web.middleware.MapPolicy",
    "linli.web.resending.Resending",
]
ROOT_URLCONF = "linli.conf.urls"
WSGI_APPLICATION = "linli.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.every_page",
            ],
            "builtins": ["linli.web.templatetags.frames", "linli.web.templatetags.charts"],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'linli.sqlite3'}")}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["CONN_MAX_AGE"] = None
if ON_SQLITE:
    # FULL: with NORMAL a power cut lost up to 470 acknowledged transactions (anchors-trust §0).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # secure_delete: what was erased is overwritten in the file, not only forgotten.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000; "
        "PRAGMA secure_delete=ON",
    }
else:
    # PostgreSQL would compile each of our wide counts anew for a second or three, which then run for milliseconds.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
ATOMIC_REQUESTS = False
# Most threads wait for the one that writes, asleep; the more wait, the more go into one commit.
WEB_THREADS = env.int("LINLI_THREADS", default=80)
WEB_PROCESSES = env.int("LINLI_PROCESSES", default=1)  # more than one needs PostgreSQL

AUTH_USER_MODEL = "posts.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# Staff sign in by user name and password; residents by a code sent to their telephone. Nobody needs e-mail.
LOGIN_URL = "/account/login/"
CSRF_FAILURE_VIEW = "linli.web.resending.grown_old"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "linli.residents.signing_in.Adapter"
ACCOUNT_FORMS = {
    "login": "linli.portals.entrance.forms.PasswordForm",
    "reauthenticate": "linli.portals.entrance.forms.PasswordAgainForm",
    "change_password": "linli.portals.entrance.forms.NewPasswordForm",
    "request_login_code": "linli.portals.entrance.forms.CountedNumberForm",
    "confirm_login_code": "linli.residents.signing_in.EnterCodeForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # there is no open sign-up; see the adapter
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = False  # news of an account are told inside (posts.accounts.tell)
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # counted on every door by web/limits.py
# Whoever holds a post sets up a second factor at the first sign-in.
SECOND_FACTOR = env.bool("LINLI_SECOND_FACTOR", default=not DEMO)
MFA_ADAPTER = "linli.residents.second_factor.FactorAdapter"
MFA_FORMS = {
    "authenticate": "linli.portals.entrance.forms.FactorForm",
    "reauthenticate": "linli.portals.entrance.forms.FactorAgainForm",
    "activate_totp": "linli.portals.entrance.forms.FirstCodeForm",
    "add_webauthn": "linli.portals.entrance.forms.PasskeyForm",
    "edit_webauthn": "linli.portals.entrance.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # by finger, face or PIN, so a passkey is two factors in one
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute off
# Single sign-on by an outside provider: it opens accounts an administrator has bound, and never makes one.
SIGN_ON_ISSUER = env("LINLI_OIDC_ISSUER", default="").rstrip("/")
SIGN_ON_NAME = env("LINLI_OIDC_NAME", default="")
SOCIALACCOUNT_ADAPTER = "linli.portals.entrance.sign_on.SignOnAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = (
    True  # a form may lead to this site only (form-action); state and nonce tie the answer
)
SOCIALACCOUNT_PROVIDERS = (
    {
        "sso": {
            "APPS": [
                {
                    "client_id": env("LINLI_OIDC_CLIENT_ID"),
                    "secret": env("LINLI_OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": SIGN_ON_ISSUER, "fetch_userinfo": False},
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    }
    if SIGN_ON_ISSUER
    else {}
)
SESSION_SERIALIZER = "linli.residents.sessions.SealedSerializer"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

CACHES = {  # counts of requests per address; one process, one cache
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = env("LINLI_LANGUAGE", default="zh-hans")
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the package itself; nothing to collect
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site uses our files
ATTACHMENTS_ROOT = HOME / "attachments"  # outside any web root; served only after a decision
BACKUPS_ROOT = Path(env("LINLI_BACKUPS", default=str(HOME / "backups"))).resolve()
BACKUP_KEY = env("LINLI_BACKUP_KEY", default="")  # seals backups; another key than those of the data in them
BACKUP_KEY_FILE = env("LINLI_BACKUP_KEY_FILE", default="")
try:
    _at = env("LINLI_BACKUP_AT", default="02:30")
    BACKUP_AT = time.fromisoformat(_at) if _at else None
except ValueError as trouble:
    raise ImproperlyConfigured(f"LINLI_BACKUP_AT: {trouble}") from trouble
BACKUP_DAYS = env.int("LINLI_BACKUP_DAYS", default=30)
BALLAST_MB = env.int("LINLI_BALLAST_MB", default=0 if DEMO else 64)  # thrown off when the disk is full
RETURNS_ROOT = HOME / "returns"  # a place's own map files for lists in another authority's form, by kind
EXPORTS_ROOT = HOME / "exports"  # lists somebody asked for, kept for some days; nothing personal lies here
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 9

EMAIL_CONFIG = env.email_url("LINLI_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("LINLI_EMAIL_FROM", default="linli@localhost")
SMS_BACKEND = env("LINLI_SMS_BACKEND", default="linli.residents.sms.ConsoleSms")

SMS_URL = env("LINLI_SMS_URL", default="")
# At night text messages wait, but for receipts; the demo has visitors at any hour.
try:
    QUIET_HOURS = quiet_hours(env("LINLI_QUIET_HOURS", default="" if DEMO else "21:30-07:30"))
except ValueError as trouble:
    raise ImproperlyConfigured(f"LINLI_QUIET_HOURS: {trouble}") from trouble
# Networks of our own that feeds may be pushed into, also without HTTPS; public addresses need HTTPS and no setting.
try:
    WEBHOOK_NETWORKS = [
        ip_network(each, strict=False) for each in env.list("LINLI_WEBHOOK_NETWORKS", default=[])
    ]
except ValueError as trouble:
    raise ImproperlyConfigured(f"LINLI_WEBHOOK_NETWORKS: {trouble}") from trouble
# A background for maps, such as https://tiles.example/{z}/{x}/{y}.png; they are complete without one.
MAP_TILES = env("LINLI_MAP_TILES", default="")
MAP_CREDIT = env("LINLI_MAP_CREDIT", default="")
PUSH_KEY = env(
    "LINLI_PUSH_KEY", default=""
)  # signs for us at browsers' push services; without it none is asked
DIGEST_MINUTES = env.int("LINLI_DIGEST_MINUTES", default=15)

PLACE_NAME = env("LINLI_PLACE_NAME", default="")
SCORECARD_PUBLIC = env.bool("LINLI_SCORECARD_PUBLIC", default=DEMO)  # /scorecard/ is there for everybody
PLACE_ADDRESS = env("LINLI_PLACE_ADDRESS", default="").rstrip("/")  # ends each text message
PLACE_TELEPHONE = env("LINLI_PLACE_TELEPHONE", default="12345")
# People whose names and numbers one post may ask for, and take out, in files in a day.
EXPORT_PERSONS_PER_DAY = env.int("LINLI_EXPORT_PERSONS_PER_DAY", default=200)
INTAKE_PER_MINUTE = env.int("LINLI_INTAKE_PER_MINUTE", default=30)  # public reports from one address
SILENCED_SYSTEM_CHECKS: list[str] = []
METRICS_TOKEN = env("LINLI_METRICS_TOKEN", default="")  # without it there is nothing at /metrics
LOG_LEVEL = env("LINLI_LOG_LEVEL", default="INFO")
LOG_FORMAT = env("LINLI_LOG_FORMAT", default="line" if DEMO else "json")
if LOG_FORMAT not in {"json", "line"}:
    raise ImproperlyConfigured(f"LINLI_LOG_FORMAT is json or line, not {LOG_FORMAT}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "linli.conf.logs.Line"}, "json": {"()": "linli.conf.logs.Json"}},
    "filters": {"one_line": {"()": "linli.conf.logs.OneLineForRefusals"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["one_line"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
if not BUILDING:
    os.makedirs(HOME, exist_ok=True)
