"""Why BigQuery did not answer. No text of the service is taken over: it may quote what was asked."""

from __future__ import annotations

from farol.core.errors import Unavailable


class BigQueryError(Unavailable):
    """No answer; `detail` says why and what to do."""

    code = "bigquery"


class BigQuerySilent(BigQueryError):
    """Not now: network, time, overload, quota. Asking again later may help."""

    code = "bigquery_silent"


class BigQueryRefused(BigQueryError):
    """Not like this: key, rights, tables, columns, cost. A person must change something."""

    code = "bigquery_refused"
