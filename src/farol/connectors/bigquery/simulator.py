"""A real HTTP server that speaks the part of BigQuery's interface that Farol uses; tables live in an analytical engine.

It knows log-in, parameters, types, cost limits and dry runs, and fails on demand: `fail` is a list of faults for the
next requests, each one of `FAULTS`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import time
from collections.abc import Iterable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import duckdb
import sqlglot
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlglot import exp

from farol.connectors.bigquery.credentials import TOKEN_URI

Rows = Iterable[tuple[Any, ...]]
FAULTS = {
    "forbidden": (403, "accessDenied"),
    "quota": (403, "quotaExceeded"),
    "rate": (403, "rateLimitExceeded"),
    "unavailable": (503, "backendError"),
    "location": (404, "notFound"),
    "token": (401, "authError"),
}
NAMES = {"VARCHAR": "STRING", "BIGINT": "INTEGER", "INTEGER": "INTEGER", "DATE": "DATE", "BOOLEAN": "BOOLEAN"}
PATH = re.compile(r"/bigquery/v2/projects/([A-Za-z0-9-]+)/queries")


class Simulator:
    """`journal` has the body of every query. `key` is a key file whose service account is let in."""

    def __init__(self, project: str = "loja-teste", slow: float = 3.0) -> None:
        self.project, self.slow = project, slow
        self.fail: list[str] = []
        self.journal: list[dict[str, Any]] = []
        self.logins = 0
        self._base = duckdb.connect(":memory:")
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Simulator:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._base.close()

    def table(self, name: str, columns: dict[str, str], rows: Rows) -> None:
        """Make a table; `columns` are the engine's types by name."""
        spelled = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        with self._lock:
            self._base.execute(f'CREATE OR REPLACE TABLE "{name}" ({spelled})')
            marks = ", ".join("?" for _column in columns)
            if filled := list(rows):
                self._base.executemany(f'INSERT INTO "{name}" VALUES ({marks})', filled)  # noqa: S608 (own names)

    def query(self, project: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.journal.append(body)
        fault = self.fail.pop(0) if self.fail else ""
        if fault == "slow":
            time.sleep(self.slow)
        if fault == "pending":
            return 200, {"kind": "bigquery#queryResponse", "jobComplete": False}
        if fault == "nonsense":
            return 200, {"jobComplete": True, "rows": [{"f": []}], "schema": {"fields": [{"name": "x"}]}}
        if fault in FAULTS:
            return _error(*FAULTS[fault])
        if project != self.project:
            return _error(404, "notFound")
        try:
            return self._run(body)
        except (duckdb.Error, sqlglot.errors.SqlglotError):
            return _error(400, "invalidQuery")

    def _run(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        tree = sqlglot.parse_one(body["query"], read="bigquery")
        size = 0
        with self._lock:
            for table in tree.find_all(exp.Table):
                name = table.name.rpartition(".")[2]
                table.replace(exp.to_table(f'"{name}"'))
                size += self._base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] * 150  # type: ignore[index]  # noqa: S608
            size = max(size, 10 * 1024 * 1024)
            if size > int(body["maximumBytesBilled"]):
                return _error(400, "bytesBilledLimitExceeded")
            if body.get("dryRun"):
                self._base.execute("EXPLAIN " + tree.sql("duckdb"), _parameters(body))
                return 200, {"jobComplete": True, "totalBytesProcessed": str(size)}
            cursor = self._base.execute(tree.sql("duckdb"), _parameters(body))
            kinds = [(column[0], str(column[1])) for column in cursor.description]
            rows = cursor.fetchmany(int(body.get("maxResults", 1000)))
        fields = [{"name": name, "type": _type(kind), "mode": "NULLABLE"} for name, kind in kinds]
        cells = [{"f": [{"v": _text(value)} for value in row]} for row in rows]
        answer = {"kind": "bigquery#queryResponse", "jobComplete": True, "schema": {"fields": fields}, "rows": cells}
        return 200, {**answer, "totalRows": str(len(cells)), "totalBytesProcessed": str(size), "cacheHit": False}


def _parameters(body: dict[str, Any]) -> dict[str, Any]:
    return {param["name"]: _parameter(param) for param in body["queryParameters"]}


def _parameter(param: dict[str, Any]) -> Any:
    kind, text = param["parameterType"]["type"], param["parameterValue"]["value"]
    if kind == "INT64":
        return int(text)
    return dt.date.fromisoformat(text) if kind == "DATE" else str(text)


def _type(kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    return NAMES.get(kind, "NUMERIC" if kind.startswith("DECIMAL") else "STRING")


def _text(value: Any) -> Any:
    """As the interface writes it: everything a string, but null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return str(value.replace(tzinfo=value.tzinfo or dt.UTC).timestamp())
    return (
        value.isoformat()
        if isinstance(value, dt.date)
        else format(value, "f")
        if isinstance(value, Decimal)
        else str(value)
    )


def _error(status: int, reason: str) -> tuple[int, dict[str, Any]]:
    message = f"simulated {reason}"
    return status, {"error": {"code": status, "message": message, "errors": [{"message": message, "reason": reason}]}}


def key_file() -> dict[str, str]:
    """A key file as Google hands it out, with a fresh key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "type": "service_account",
        "project_id": "loja-teste",
        "private_key": pem.decode(),
        "client_email": "farol@loja-teste.iam.gserviceaccount.com",
        "token_uri": TOKEN_URI,
    }


def _handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = PATH.fullmatch(self.path)
            if self.path == "/token":
                simulator.logins += 1
                self._say(200, {"access_token": f"token-{simulator.logins}", "expires_in": 3600})
            elif found is None:
                self._say(*_error(404, "notFound"))
            elif not str(self.headers.get("Authorization", "")).startswith("Bearer token-"):
                self._say(*_error(401, "authError"))
            else:
                self._say(*simulator.query(found[1], json.loads(text)))

        def _say(self, status: int, body: dict[str, Any]) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments: object) -> None:
            """Nothing is logged: addresses and bodies are tests' own business."""

    return Handler
