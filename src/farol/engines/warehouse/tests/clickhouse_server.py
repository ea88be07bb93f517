"""ClickHouse's HTTP interface over the engine in this process: there is no server package to install."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

OWN = ("query", "database", "default_format", "wait_end_of_query")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a warehouse in `folder`; user `ana` with password `s3nha`."""
    from chdb.session import Session

    session = Session(str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(session, threading.Lock()))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"clickhouse://ana:s3nha@127.0.0.1:{server.server_address[1]}/default"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        session.close()


def _handler(session: Any, lock: threading.Lock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            body = self._body().decode()
            if self.headers["X-ClickHouse-User"] != "ana" or self.headers["X-ClickHouse-Key"] != "s3nha":
                return self._say(403, b"Code: 516. Authentication failed")
            statement = asked["query"] + "\n" + body if "query" in asked else body
            values = {name.removeprefix("param_"): v for name, v in asked.items() if name.startswith("param_")}
            try:
                with lock:
                    for name, value in asked.items():
                        if name not in OWN and not name.startswith("param_"):
                            session.query(f"SET {name} = {value}")
                    found = session.query(statement, asked["default_format"], params=values)
                    answer = str(found).encode()
            except Exception as error:  # noqa: BLE001 - whatever the engine says is the answer
                return self._say(500, str(error).encode())
            return self._say(200, answer)

        def _body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers["Content-Length"]))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def _say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            pass

    return Handler
