"""Every setting, in one file. A bad value stops the start and names the setting (`farol settings` prints the table)."""

from __future__ import annotations

import datetime as dt
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.core.environment import Environment
from farol.core.keys import Keyring

if find_spec("pysqlite3"):  # the system's SQLite may carry the WAL-reset race (fixed in 3.51.3)
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

ROOT = Path(__file__).resolve().parents[3]
ENV = Environment(Path(".env"))
STATES = (
    *("AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA"),
    *("PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"),
)


def _database(text: str) -> dict:
    """`sqlite:///path` or `postgresql://user:password@host:port/name` as Django's settings."""
    url = urlsplit(text)
    if url.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(url.path[1:]) or str(FAROL_HOME / "farol.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;"
                "PRAGMA mmap_size=134217728; PRAGMA foreign_keys=ON;",
            },
            "CONN_MAX_AGE": None,
        }
    if url.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": url.path[1:],
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": url.hostname or "",
            "PORT": str(url.port or ""),
            "OPTIONS": {"connect_timeout": 5},
            "CONN_MAX_AGE": 600,  # opening one costs more than most pages ask
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError("must begin with sqlite:/// or postgresql://")


WAREHOUSES = ("postgres", "postgresql", "mysql", "mariadb", "clickhouse", "clickhouses", "sc")


def _warehouse(text: str) -> str:
    if text == "duckdb" or urlsplit(text).scheme in WAREHOUSES:
        return text
    raise ValueError("must be 'duckdb' or begin with postgresql://, mysql://, mariadb://, clickhouse(s):// or sc://")


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a full address, such as https://farol.example.com")
    return text.rstrip("/")


def _optional_url(text: str) -> str:
    return _url(text) if text else ""


def _rate(text: str) -> float:
    value = float(text)
    if not 0.1 <= value <= 50:
        raise ValueError("must be from 0.1 to 50")
    return value


def _hours(text: str) -> tuple[dt.time, dt.time]:
    """`08:00-18:00` as its two ends."""
    found = re.fullmatch(r"([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})", text.strip())
    if found:
        first, last = dt.time.fromisoformat(found[1]), dt.time.fromisoformat(found[2])
        if first < last:
            return first, last
    raise ValueError("must be two times of a day, such as 08:00-18:00")


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (KeyError, ValueError, OSError) as error:  # unknown, no name of a zone, a folder of zones
        raise ValueError("is not a known time zone") from error


def _matching(pattern: str, text: str) -> str:
    if text and not re.fullmatch(pattern, text):
        raise ValueError(f"must match {pattern}")
    return text


def _bigquery_project(text: str) -> str:
    return _matching("[A-Za-z0-9-]{6,30}", text.strip())


def _bigquery_name(text: str) -> str:
    return _matching("[A-Za-z0-9_]{1,300}", text.strip())


def _bigquery_columns(text: str) -> dict[str, str]:
    """`document=documento, name=nome`: what Farol calls it, and the column of the table."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    found = {name.strip(): _bigquery_name(column) for name, _equals, column in pairs}
    if "document" not in found or not all(re.fullmatch("[a-z_]{1,30}", name) and found[name] for name in found):
        raise ValueError("must be pairs such as document=documento, name=nome")
    return found


def _kommo_fields(text: str) -> dict[str, str]:
    """`utm_source=Origem da campanha; product=Plano`: what Farol calls it, and the name of the lead's field."""
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    found = {name.strip(): field.strip() for name, _equals, field in pairs}
    if not all(found.values()) or not found.keys() <= KOMMO_FIELDS:
        raise ValueError(f"must be pairs such as utm_source=Campanha; known: {', '.join(sorted(KOMMO_FIELDS))}")
    return found


KOMMO_FIELDS = {
    *("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_referrer", "referrer"),
    *("gclid", "fbclid", "gclientid", "origin", "product", "cost"),
}
FAROL_HOME = ENV.read("FAROL_HOME", "var", lambda t: Path(t).expanduser().resolve(), "Data folder")
DATABASES = {"default": ENV.read("FAROL_DATABASE_URL", "sqlite:///", _database, "Operational database", secret=True)}
FAROL_WAREHOUSE = ENV.read(
    "FAROL_WAREHOUSE",
    "duckdb",
    _warehouse,
    "Warehouse: duckdb (files in the data folder), postgresql://…, mariadb://…, clickhouse://… or sc://… (Spark)",
    secret=True,
)
FAROL_WAREHOUSE_KEEP = ENV.number("FAROL_WAREHOUSE_KEEP", 5, "Published versions kept per dataset", low=2, high=100)
FAROL_WAREHOUSE_MEMORY_MB = ENV.number(
    "FAROL_WAREHOUSE_MEMORY_MB", 512, "Memory limit of one analytical connection", low=128, high=65536
)
FAROL_UPLOAD_MB = ENV.number("FAROL_UPLOAD_MB", 1024, "Largest upload of data files, in MB", low=1, high=65536)
FAROL_ATTACHMENT_MB = ENV.number("FAROL_ATTACHMENT_MB", 25, "Largest file of a record, in MB", low=1, high=60)
FAROL_ATTACHMENT_DAILY_MB = ENV.number(
    "FAROL_ATTACHMENT_DAILY_MB", 500, "What one person may attach to records within 24 hours, in MB", low=1, high=65536
)
FAROL_PUBLIC_URL = ENV.read(
    "FAROL_PUBLIC_URL", "http://127.0.0.1:8000", _url, "Address people type; https turns secure cookies on"
)
FAROL_PORT = ENV.number("FAROL_PORT", 8000, "Port of the pages", low=1, high=65535)
FAROL_STREAM_PORT = ENV.number("FAROL_STREAM_PORT", 8001, "Port of the live notices", low=1, high=65535)
FAROL_BIND = ENV.text("FAROL_BIND", "127.0.0.1", "Address the servers listen on")
FAROL_WEB_PROCESSES = ENV.number("FAROL_WEB_PROCESSES", 2, "Page server processes", low=1, high=64)
FAROL_WEB_THREADS = ENV.number("FAROL_WEB_THREADS", 4, "Threads of each page server process", low=1, high=64)
FAROL_TRUSTED_PROXIES = ENV.number(
    "FAROL_TRUSTED_PROXIES", 0, "Reverse proxies in front that set X-Forwarded-For", high=5
)
FAROL_SESSION_IDLE_MINUTES = ENV.number(
    "FAROL_SESSION_IDLE_MINUTES", 30, "Minutes without use after which a log-in ends", low=1, high=1440
)
FAROL_SESSION_HOURS = ENV.number(
    "FAROL_SESSION_HOURS", 12, "Hours after which a log-in ends in any case", low=1, high=720
)
FAROL_LOG_LEVEL = ENV.choice("FAROL_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"), "Log level")
FAROL_LOG_FORMAT = ENV.choice("FAROL_LOG_FORMAT", "json", ("json", "text"), "Log format")
FAROL_STATE = ENV.choice("FAROL_STATE", "SP", STATES, "State (UF) whose holidays count")
FAROL_CITY = ENV.text("FAROL_CITY", "São Paulo", "City whose holidays count; empty for none")
FAROL_BUSINESS_HOURS = ENV.read(
    "FAROL_BUSINESS_HOURS", "08:00-18:00", _hours, "Business hours, Monday to Friday except holidays"
)
FAROL_DEADLINE_AMBER_DAYS = ENV.number(
    "FAROL_DEADLINE_AMBER_DAYS", 2, "Business days before a deadline from which it counts as near", high=30
)
FAROL_CHANNELS = ENV.names(
    "FAROL_CHANNELS",
    "Mercado Livre, Amazon, Shopee, Magalu, Loja virtual, Loja física, Televendas",
    "Sales channels that forms suggest",
)
FAROL_RETURN_DAYS = ENV.number(
    "FAROL_RETURN_DAYS", 10, "Business days that a customer has to post goods to be returned", low=1, high=120
)
FAROL_WARRANTY_DAYS = ENV.number(
    "FAROL_WARRANTY_DAYS", 2, "Business days to generate the order of a warranty or exchange", low=1, high=120
)
FAROL_VERIFICATION_DAYS = ENV.number(
    "FAROL_VERIFICATION_DAYS", 1, "Business days to verify a generated order", low=1, high=120
)
FAROL_TRIAGE_DAYS = ENV.number(
    "FAROL_TRIAGE_DAYS",
    3,
    "Business days to conclude the triage of received goods (a channel may have its own)",
    low=1,
    high=120,
)
FAROL_SMTP_HOST = ENV.text("FAROL_SMTP_HOST", "", "E-mail server; empty: nothing is sent", "SMTP_SERVER")
FAROL_SMTP_PORT = ENV.number("FAROL_SMTP_PORT", 587, "E-mail port", low=1, high=65535)
FAROL_SMTP_USER = ENV.text("FAROL_SMTP_USER", "", "E-mail user; empty for a relay", "SMTP_USER")
FAROL_SMTP_PASSWORD = ENV.text("FAROL_SMTP_PASSWORD", "", "E-mail password", "SMTP_PASSWORD", secret=True)
FAROL_SMTP_TLS = ENV.flag("FAROL_SMTP_TLS", True, "STARTTLS")
FAROL_MAIL_FROM = ENV.text("FAROL_MAIL_FROM", "farol@localhost", "Sender of e-mails", "EMAIL_FROM")
FAROL_SLACK_WEBHOOK = ENV.text("FAROL_SLACK_WEBHOOK", "", "Slack incoming webhook", "SLACK_WEBHOOK_URL", secret=True)
FAROL_REPORT_RECIPIENTS = ENV.names("FAROL_REPORT_RECIPIENTS", "", "Recipients of the daily report", "EMAIL_TO")
FAROL_NOTIFICATION_DAYS = ENV.number("FAROL_NOTIFICATION_DAYS", 90, "Days notices to people are kept", low=1, high=3650)
FAROL_TINY_SIMULATOR_PORT = ENV.number(
    "FAROL_TINY_SIMULATOR_PORT", 0, "Port of a made-up Tiny that “farol up” runs for the demo; 0: none", high=65535
)
FAROL_TINY_URL = ENV.read("FAROL_TINY_URL", "https://api.tiny.com.br/api2", _url, "Address of Tiny's API v2")
FAROL_TINY_TOKEN = ENV.text("FAROL_TINY_TOKEN", "", "Token of Tiny's API v2; empty: no ERP", secret=True)
FAROL_TINY_PER_MINUTE = ENV.number(
    "FAROL_TINY_PER_MINUTE", 20, "Calls of Tiny a minute until it has stated its own allowance", low=2, high=600
)
if FAROL_TINY_SIMULATOR_PORT:  # never a real account beside the made-up one
    FAROL_TINY_URL, FAROL_TINY_TOKEN = f"http://127.0.0.1:{FAROL_TINY_SIMULATOR_PORT}/api2", "simulador"
FAROL_KOMMO_URL = ENV.read(
    "FAROL_KOMMO_URL",
    "",
    _optional_url,
    "Kommo: address of the account, such as https://loja.kommo.com (without /api/v4); empty: no CRM",
)
FAROL_KOMMO_TOKEN = ENV.text("FAROL_KOMMO_TOKEN", "", "Kommo: long-lived token", secret=True)
FAROL_KOMMO_CLIENT_ID = ENV.text(
    "FAROL_KOMMO_CLIENT_ID", "", "Kommo: id of the integration (OAuth 2)", "KOMMO_CLIENT_ID"
)
FAROL_KOMMO_CLIENT_SECRET = ENV.text(
    "FAROL_KOMMO_CLIENT_SECRET", "", "Kommo: secret of the integration", "KOMMO_CLIENT_SECRET", secret=True
)
FAROL_KOMMO_REDIRECT_URI = ENV.text(
    "FAROL_KOMMO_REDIRECT_URI",
    "",
    "Kommo: redirect address of the integration; empty: FAROL_PUBLIC_URL/fontes/kommo/retorno",
    "KOMMO_REDIRECT_URI",
)
FAROL_KOMMO_PER_SECOND = ENV.read(
    "FAROL_KOMMO_PER_SECOND", "6.5", _rate, "Kommo: requests a second, all processes together (published limit: 7)"
)
FAROL_KOMMO_PARALLEL = ENV.number("FAROL_KOMMO_PARALLEL", 4, "Kommo: requests at once", low=1, high=16)
FAROL_KOMMO_MINUTES = ENV.number(
    "FAROL_KOMMO_MINUTES", 15, "Kommo: minutes between incremental loads", low=1, high=1440
)
FAROL_KOMMO_FIELDS = ENV.read(
    "FAROL_KOMMO_FIELDS",
    "",
    _kommo_fields,
    "Kommo: fields of leads that go by names of one's own (utm_source=Campanha)",
)
FAROL_KOMMO_SIMULATOR_PORT = ENV.number(
    "FAROL_KOMMO_SIMULATOR_PORT", 0, "Port of a made-up Kommo that “farol up” runs for the demo; 0: none", high=65535
)
if FAROL_KOMMO_SIMULATOR_PORT:  # never a real account beside the made-up one
    FAROL_KOMMO_URL, FAROL_KOMMO_TOKEN = f"http://127.0.0.1:{FAROL_KOMMO_SIMULATOR_PORT}", "simulador"
FAROL_BIGQUERY_PROJECT = ENV.read(
    "FAROL_BIGQUERY_PROJECT", "", _bigquery_project, "BigQuery: project that is billed; empty: local tables only"
)
FAROL_BIGQUERY_DATASET = ENV.read("FAROL_BIGQUERY_DATASET", "", _bigquery_name, "BigQuery: data set of the tables")
FAROL_BIGQUERY_CREDENTIALS = ENV.text(
    "FAROL_BIGQUERY_CREDENTIALS", "", "BigQuery: path of the service account's key file (JSON)"
)
FAROL_BIGQUERY_LOCATION = ENV.text("FAROL_BIGQUERY_LOCATION", "southamerica-east1", "BigQuery: where the data set lies")
FAROL_BIGQUERY_MAX_MB = ENV.number(
    "FAROL_BIGQUERY_MAX_MB", 100, "BigQuery: most megabytes that one query may be billed for", low=10, high=102400
)
FAROL_BIGQUERY_CUSTOMERS = ENV.read(
    "FAROL_BIGQUERY_CUSTOMERS", "clientes_busca", _bigquery_name, "BigQuery: table of customers"
)
FAROL_BIGQUERY_CUSTOMER_COLUMNS = ENV.read(
    "FAROL_BIGQUERY_CUSTOMER_COLUMNS",
    "document=documento, name=nome, email=email, phone=fone, street=logradouro, number=numero, complement=complemento,"
    " district=bairro, city=cidade, state=uf, postcode=cep",
    _bigquery_columns,
    "BigQuery: columns of the table of customers",
)
FAROL_BIGQUERY_ORDERS = ENV.read(
    "FAROL_BIGQUERY_ORDERS", "pedidos_itens", _bigquery_name, "BigQuery: table of order items, a row each"
)
FAROL_BIGQUERY_ORDER_COLUMNS = ENV.read(
    "FAROL_BIGQUERY_ORDER_COLUMNS",
    "document=documento, order=pedido, day=data_pedido, channel=canal, sku=sku, description=descricao,"
    " quantity=quantidade, unit_value=valor_unitario",
    _bigquery_columns,
    "BigQuery: columns of the table of order items",
)
FAROL_BIGQUERY_URL = ENV.read(
    "FAROL_BIGQUERY_URL", "https://bigquery.googleapis.com", _url, "BigQuery: address of the service or of a proxy"
)
FAROL_METABASE_URL = ENV.text("FAROL_METABASE_URL", "", "Address of the optional Metabase")
FAROL_METABASE_KEY = ENV.text("FAROL_METABASE_KEY", "", "API key of the optional Metabase", secret=True)
FAROL_METRICS_TOKEN = ENV.text(
    "FAROL_METRICS_TOKEN", "", "Bearer token of /metrics; empty: only this machine may read it", secret=True
)
_zone_name = ENV.read("FAROL_TIME_ZONE", "America/Sao_Paulo", _zone, "Business time zone")
_clock_file = ENV.text("FAROL_CLOCK_FILE", "", "File with a simulated instant (tests)")

clock.configure(zone=_zone_name, clock_file=_clock_file or None)
KEYS_FILE = FAROL_HOME / "keys.json"
KEYRING = Keyring.load(KEYS_FILE) if KEYS_FILE.exists() else Keyring.generate()

_public = urlsplit(FAROL_PUBLIC_URL)
_secure = _public.scheme == "https"
# behind a proxy that ends TLS the live notices come by /stream of the same address
_stream_hosts = [] if _secure else dict.fromkeys([_public.hostname, "127.0.0.1", "localhost"])
_stream_origins = [f"http://{host}:{FAROL_STREAM_PORT}" for host in _stream_hosts]
SECRET_KEY = KEYRING.session_secret
DEBUG = False
ALLOWED_HOSTS = [_public.hostname or "", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [FAROL_PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "farol.platform.accounts",
    "farol.platform.audit",
    "farol.platform.outbox",
    "farol.platform.jobs",
    "farol.platform.api",
    "farol.platform.attachments",
    "farol.platform.imports",
    "farol.platform.notifications",
    "farol.platform.stream",
    "farol.platform.operation",
    "farol.platform.web",
    "farol.connectors.bigquery",
    "farol.connectors.metabase",
    "farol.connectors.tiny",
    "farol.connectors.kommo",
    "farol.engines.ledger",
    "farol.engines.workflow",
    "farol.engines.warehouse",
    "farol.engines.forecast",
    "farol.engines.sources",
    "farol.engines.metrics",
    "farol.engines.dashboards",
    "farol.engines.alerts",
    "farol.engines.reports",
    "farol.registry.customers",
    "farol.registry.products",
    "farol.areas.payments",
    "farol.areas.crm",
    "farol.areas.aftersales.warranties",
    "farol.areas.aftersales.triage",
    "farol.areas.aftersales.payables",
    "farol.areas.aftersales.vouchers",
    "farol.areas.aftersales.scrap",
    "farol.handoffs",
    "farol.demo",
]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["farol.platform.accounts.backend.Backend"]
PASSWORD_HASHERS = ["farol.platform.accounts.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "web:home"
PASSWORD_RESET_TIMEOUT = 3600

MIDDLEWARE = [
    "farol.platform.web.middleware.RequestIdMiddleware",
    "farol.platform.operation.middleware.ObserveMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "farol.platform.accounts.middleware.AccessMiddleware",
    "farol.platform.web.middleware.PersonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "farol.config.urls"
WSGI_APPLICATION = "farol.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "farol.platform.web.context.shell",
            ],
            "builtins": ["farol.platform.web.templatetags.farol"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", _("Portuguese")), ("en", _("English"))]
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "locale"]
LANGUAGE_COOKIE_NAME = "farol_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = _zone_name

STATIC_URL = "/static/"
STATIC_ROOT = FAROL_HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FAROL_HOME / "files")},
    },
    "staticfiles": {"BACKEND": "farol.platform.web.staticfiles.Storage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000  # a thousand selected rows and what goes with them
FILE_UPLOAD_HANDLERS = ["farol.platform.tables.uploads.CappedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = FAROL_SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure
SESSION_COOKIE_NAME = "__Host-farol_session" if _secure else "farol_session"
CSRF_COOKIE_NAME = "__Host-farol_csrf" if _secure else "farol_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "farol.platform.web.errors.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = False
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the proxy that ends TLS redirects
SECURE_HSTS_SECONDS = 31536000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_stream_origins],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = FAROL_SMTP_HOST, FAROL_SMTP_PORT
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = FAROL_SMTP_USER, FAROL_SMTP_PASSWORD
EMAIL_USE_TLS = FAROL_SMTP_TLS
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = FAROL_MAIL_FROM

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "farol.platform.web.logs.RequestFilter"}},
    "formatters": {
        "json": {
            "()": "farol.platform.web.logs.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
        },
        "text": {"()": "farol.platform.web.logs.TextFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": FAROL_LOG_FORMAT, "filters": ["request"]}},
    "root": {"handlers": ["console"], "level": FAROL_LOG_LEVEL},
    # httpx logs whole addresses at INFO, and an address can carry a secret
    "loggers": {"httpx": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}},
}
