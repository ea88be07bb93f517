"""The project that the settings name, and the queries it is asked."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from farol.connectors.bigquery.client import Client, Limits
from farol.connectors.bigquery.credentials import TOKEN_URI, ServiceAccount
from farol.connectors.bigquery.errors import BigQueryRefused
from farol.connectors.bigquery.values import Param

GOOGLE = "https://bigquery.googleapis.com"
MOST_ITEMS = 200


def configured() -> bool:
    """True if there is a project to ask."""
    return bool(settings.FAROL_BIGQUERY_PROJECT)


def client() -> Client:
    """One per process and account; `BigQueryRefused` with what to do where the settings are incomplete."""
    if not configured() or not settings.FAROL_BIGQUERY_DATASET or not settings.FAROL_BIGQUERY_CREDENTIALS:
        raise BigQueryRefused(
            _("Set FAROL_BIGQUERY_PROJECT, FAROL_BIGQUERY_DATASET and FAROL_BIGQUERY_CREDENTIALS to use BigQuery.")
        )
    return _client(
        settings.FAROL_BIGQUERY_URL,
        settings.FAROL_BIGQUERY_PROJECT,
        settings.FAROL_BIGQUERY_CREDENTIALS,
        settings.FAROL_BIGQUERY_LOCATION,
        settings.FAROL_BIGQUERY_MAX_MB,
    )


@lru_cache(maxsize=4)
def _client(url: str, project: str, credentials: str, location: str, megabytes: int) -> Client:
    account = ServiceAccount.load(Path(credentials))
    # whoever sets another address (a proxy, the simulator) is trusted with the log-in as well
    token_url = TOKEN_URI if url == GOOGLE else f"{url}/token"
    return Client(url, project, account, token_url, Limits(megabytes * 1024 * 1024, location))


def registration(document: str) -> dict[str, Any] | None:
    """What the customer table has on a document, by the names of FAROL_BIGQUERY_CUSTOMER_COLUMNS."""
    found = client().rows(customer_sql(), [Param("document", "STRING", document)], feature="registration", most=1)
    return found[0] if found else None


def order_lines(document: str, since: dt.date, most: int = MOST_ITEMS) -> list[dict[str, Any]]:
    """Items of a document's orders since a day, newest first, by the names of FAROL_BIGQUERY_ORDER_COLUMNS."""
    params = [Param("document", "STRING", document), Param("since", "DATE", since), Param("most", "INT64", most)]
    return client().rows(order_sql(), params, feature="orders", most=most)


def check() -> dict[str, int]:
    """Bytes that each query would read, by dry runs that cost nothing."""
    asked, day = client(), dt.date(2000, 1, 1)
    document = Param("document", "STRING", "0")
    since, most = Param("since", "DATE", day), Param("most", "INT64", 1)
    return {
        "registration": asked.estimate(customer_sql(), [document]),
        "orders": asked.estimate(order_sql(), [document, since, most]),
    }


def customer_sql() -> str:
    columns = settings.FAROL_BIGQUERY_CUSTOMER_COLUMNS
    table, document = _table(settings.FAROL_BIGQUERY_CUSTOMERS), columns["document"]
    return f"SELECT {_selected(columns)} FROM {table} WHERE `{document}` = @document LIMIT 1"  # noqa: S608 (see below)


def order_sql() -> str:
    """Names of tables and columns are settings, checked at the start; everything else is a parameter."""
    columns = settings.FAROL_BIGQUERY_ORDER_COLUMNS
    table, document, day = _table(settings.FAROL_BIGQUERY_ORDERS), columns["document"], columns["day"]
    where = f"`{document}` = @document AND `{day}` >= @since ORDER BY `{day}` DESC LIMIT @most"
    return f"SELECT {_selected(columns)} FROM {table} WHERE {where}"  # noqa: S608 (see above)


def _table(name: str) -> str:
    return f"`{settings.FAROL_BIGQUERY_PROJECT}.{settings.FAROL_BIGQUERY_DATASET}.{name}`"


def _selected(columns: dict[str, str]) -> str:
    wanted = [(name, column) for name, column in columns.items() if name != "document"]
    return ", ".join(f"`{column}` AS `{name}`" for name, column in wanted)
