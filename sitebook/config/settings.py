"""Django's settings, read from the environment once (``environment.py`` names each variable)."""

from pathlib import Path

from sitebook.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
ENV = environment.read()

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = ENV.allowed_hosts
# Where people reach Sitebook, for links in mails.
PUBLIC_URL = ENV.public_url
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins
ROOT_URLCONF = "sitebook.config.urls"
WSGI_APPLICATION = "sitebook.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "js_lib_leaflet",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "sitebook.ui",
    "sitebook.firm",
    "sitebook.users",
    "sitebook.lists",
    "sitebook.history",
    "sitebook.files",
    "sitebook.notes",
    "sitebook.outbox",
    "sitebook.access",
    "sitebook.upkeep",
    "sitebook.api",
    "sitebook.search",
    "sitebook.custom_fields",
    "sitebook.bulk",
    "sitebook.imports",
    "sitebook.records",
    "sitebook.registers",
    "sitebook.customers",
    "sitebook.sites",
    "sitebook.contacts",
    "sitebook.handovers",
    "sitebook.erasure",
    "sitebook.products",
    "sitebook.catalogue",
    "sitebook.assets",
    "sitebook.jobs",
    "sitebook.config",
]

# What builds the navigation, for the frame of every page.
NAVIGATION = "sitebook.config.navigation.places"

MIDDLEWARE = [
    "sitebook.server.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sitebook.ui.middleware.NotKept",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "sitebook.server.outages.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "sitebook.files.middleware.UploadLimit",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sitebook.users.middleware.Authentication",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sitebook.users.middleware.SessionActivity",
    "django_htmx.middleware.HtmxMiddleware",
    "sitebook.api.middleware.Callers",
    "sitebook.firm.first_run.FirstRun",
    "sitebook.access.middleware.SeeAs",
    "sitebook.users.locale.Locale",
    "sitebook.values.recent.Recent",
    "sitebook.api.middleware.Programs",
    "sitebook.users.single_sign_on.AskProvider",
    "sitebook.files.middleware.Examination",
    "sitebook.access.middleware.RowAccess",
]

# The inputs of forms are drawn by Jinja2 as well, at a fraction of what Django's own templates cost.
FORM_RENDERER = "django.forms.renderers.Jinja2"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": False,
        "NAME": "jinja2",
        "OPTIONS": {
            "environment": "sitebook.ui.jinja.environment",
            "context_processors": ["sitebook.ui.render.frame_context"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "NAME": "django",
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
        },
    },
]

# As many as there are threads (server/lanes.py): nobody waits for one while the database is there.
_POOL = {"min_size": 1, "max_size": 20, "timeout": 3, "reconnect_timeout": 3}
# A server that is gone without a word is found out. What the address says itself goes before.
_GIVE_UP = {"connect_timeout": 3, "tcp_user_timeout": 10_000}


def _database(url: str, *, pooled: bool) -> dict[str, object]:
    entry = environment.django_database(url)
    # What the address says itself (sslmode …) stays: without it a connection would silently do without TLS.
    options = _GIVE_UP | entry["OPTIONS"]
    return entry | ({"OPTIONS": options | {"pool": _POOL}} if pooled else {"OPTIONS": options, "CONN_MAX_AGE": 0})


DATABASES = {
    "default": _database(ENV.database_url, pooled=True),
    "owner": _database(ENV.owner_url, pooled=False),
}

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sitebook.users.allauth_adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "sitebook.users.allauth_forms.SignIn",
    "reset_password": "sitebook.users.allauth_forms.AskForLink",
    "reset_password_from_key": "sitebook.users.allauth_forms.NewPassword",
    "change_password": "sitebook.users.allauth_forms.ChangePassword",
    "set_password": "sitebook.users.allauth_forms.FirstPassword",
    "reauthenticate": "sitebook.users.allauth_forms.ConfirmPassword",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "sitebook.users.handed_links.Keys"  # noqa: S105 - the name of a class
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}

MFA_ADAPTER = "sitebook.users.second_factor.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Addresses come from an administrator; nobody proves them by mail.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "sitebook.users.second_factor.SignInCode",
    "reauthenticate": "sitebook.users.second_factor.ConfirmCode",
    "activate_totp": "sitebook.users.second_factor.FirstCode",
    "add_webauthn": "sitebook.users.second_factor.NewPasskey",
    "edit_webauthn": "sitebook.users.second_factor.PasskeyName",
    "authenticate_webauthn": "sitebook.users.second_factor.SignInPasskey",
    "reauthenticate_webauthn": "sitebook.users.second_factor.ConfirmPasskey",
    "login_webauthn": "sitebook.users.second_factor.PasskeyAlone",
}
SOCIALACCOUNT_ADAPTER = "sitebook.users.single_sign_on.Accounts"
SINGLE_SIGN_ON = ENV.single_sign_on

SESSION_ENGINE = "sitebook.users.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV.tls
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sitebook.ui.errors.csrf_failure"
SECURE_HSTS_SECONDS = ENV.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if ENV.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", *ENV.tiles_from],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}

MAILERS = {
    "default": {
        "BACKEND": ENV.mail_backend,
        "OPTIONS": {
            "host": ENV.smtp_host,
            "port": ENV.smtp_port,
            "username": ENV.smtp_user,
            "password": ENV.smtp_password,
            "use_tls": ENV.smtp_starttls,
            "use_ssl": ENV.smtp_ssl,
            "timeout": 20,
        }
        if ENV.smtp_host
        else {},
    }
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English (United Kingdom)"), ("en-us", "English (United States)")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data_dir / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV.data_dir / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Holds tries and used codes, for all processes together.
CACHES = {"default": {"BACKEND": "sitebook.users.counters.Counters"}}
# Requests a token may make in a minute.
API_RATE = ENV.api_rate
# Whether webhooks may call addresses in a private network.
TILES_URL, TILES_CREDIT = ENV.tiles_url, ENV.tiles_credit
WEBHOOKS_PRIVATE = ENV.webhooks_private
# The newest head of the history, outside of the database; and who gets it by mail each night.
HISTORY_HEAD = ENV.data_dir / "history-head"
HISTORY_HEAD_TO = ENV.history_head_to
FILES_DIR = ENV.data_dir / "files"
MAX_UPLOAD_BYTES = ENV.max_upload_mb * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = ENV.data_dir / "uploads"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"brief": {"()": "sitebook.config.logs.Brief"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # The pool tells each attempt of a database that is away; one line a request says it already.
    "loggers": {"sitebook": {"level": "INFO"}, "psycopg.pool": {"level": "ERROR"}},
}
