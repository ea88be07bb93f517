"""Short queries (`jobs.query`): one request, an answer within seconds or none, never more bytes billed than allowed."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from django.utils.translation import gettext as _

from farol.connectors.bigquery.breaker import Breaker
from farol.connectors.bigquery.credentials import ServiceAccount, Tokens
from farol.connectors.bigquery.errors import BigQueryError, BigQueryRefused, BigQuerySilent
from farol.connectors.bigquery.values import Param, rows_of

SECONDS = 2.0
LARGEST = 4 * 1024 * 1024
BUSY = {"rateLimitExceeded", "quotaExceeded", "backendError", "internalError", "jobRateLimitExceeded"}


@dataclass(frozen=True)
class Limits:
    """`bytes_billed` per query; `location` where the data set lies."""

    bytes_billed: int
    location: str


class Client:
    """One project and service account; may be shared by threads."""

    def __init__(self, url: str, project: str, account: ServiceAccount, token_url: str, limits: Limits) -> None:
        self._address = f"{url}/bigquery/v2/projects/{project}/queries"
        self._limits = limits
        self._tokens = Tokens(account, token_url)
        self._http = httpx.Client(follow_redirects=False, limits=httpx.Limits(max_connections=8))
        self.breaker = Breaker()

    def rows(
        self, sql: str, params: Sequence[Param], *, feature: str, most: int = 20, seconds: float = SECONDS
    ) -> list[dict[str, Any]]:
        """The rows of a query, at most `most`. `BigQueryError` where there is no answer within `seconds`, at once
        while the service rests after failures.
        """
        if self.breaker.open:
            raise BigQuerySilent(_("BigQuery failed several times and is asked again in a minute."))
        try:
            answer = self._ask(self._body(sql, params, feature, most, seconds), seconds)
            if not answer.get("jobComplete"):
                raise BigQuerySilent(_("BigQuery took too long."))
            found = rows_of(answer)[:most]
        except (KeyError, ValueError, TypeError, ArithmeticError):
            self.breaker.failed()
            raise BigQuerySilent(_("BigQuery's answer can't be read.")) from None
        except BigQueryError:
            self.breaker.failed()
            raise
        self.breaker.worked()
        return found

    def estimate(self, sql: str, params: Sequence[Param], *, seconds: float = 10.0) -> int:
        """Bytes that a query would read, by a dry run, which checks everything and costs nothing."""
        body = {**self._body(sql, params, "check", 1, seconds), "dryRun": True, "useQueryCache": False}
        return int(self._ask(body, seconds).get("totalBytesProcessed", 0))

    def _body(self, sql: str, params: Sequence[Param], feature: str, most: int, seconds: float) -> dict[str, Any]:
        milliseconds = int(seconds * 1000)
        return {
            "query": sql,
            "useLegacySql": False,
            "parameterMode": "NAMED",
            "queryParameters": [param.as_json() for param in params],
            "maximumBytesBilled": str(self._limits.bytes_billed),
            "location": self._limits.location,
            "maxResults": most,
            "timeoutMs": milliseconds,
            "jobTimeoutMs": str(milliseconds * 5),
            "useQueryCache": True,
            "jobCreationMode": "JOB_CREATION_OPTIONAL",
            "labels": {"app": "farol", "feature": feature},
            "requestId": str(uuid.uuid4()),
        }

    def _ask(self, body: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        token = self._tokens.get(self._http, seconds)
        try:
            status, text = self._post(body, token, end)
        except httpx.HTTPError as error:
            sentence = _("BigQuery does not answer (%(kind)s).") % {"kind": type(error).__name__}
            raise BigQuerySilent(sentence) from None
        if status == 200:
            return _object(text)
        if status == 401:
            self._tokens.forget()
        raise _refusal(status, text)

    def _post(self, body: Mapping[str, Any], token: str, end: float) -> tuple[int, bytes]:
        """Status and text; an answer that is too long or drips past `end` is given up."""
        head = {"Authorization": f"Bearer {token}"}
        left = max(end - time.monotonic(), 0.05)
        with self._http.stream("POST", self._address, json=body, headers=head, timeout=left) as answer:
            text = bytearray()
            for piece in answer.iter_bytes():
                text += piece
                if len(text) > LARGEST or time.monotonic() > end:
                    raise httpx.ReadTimeout("too late or too long")
            return answer.status_code, bytes(text)

    def close(self) -> None:
        self._http.close()


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _reason(text: bytes) -> str:
    try:
        return str(json.loads(text)["error"]["errors"][0]["reason"])[:60]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def _refusal(status: int, text: bytes) -> BigQueryError:
    """What to do about it. Only the service's reason is shown, which is one word."""
    reason = _reason(text)
    shown = {"reason": reason or status}
    if reason == "bytesBilledLimitExceeded":
        return BigQueryRefused(
            _(
                "The query would read more than FAROL_BIGQUERY_MAX_MB allows. Cluster the table by document,"
                " or allow more."
            )
        )
    if reason in BUSY or status == 429 or status >= 500:
        return BigQuerySilent(_("BigQuery is overloaded or its quota is used up (%(reason)s).") % shown)
    if status in (401, 403):
        return BigQueryRefused(
            _("BigQuery refuses access (%(reason)s): the service account needs jobUser and dataViewer.") % shown
        )
    if status == 404:
        return BigQueryRefused(_("BigQuery does not know the project, table or location (%(reason)s).") % shown)
    return BigQueryRefused(_("BigQuery does not take the query (%(reason)s). Check the names of the columns.") % shown)
