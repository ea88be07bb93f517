"""A real HTTP server with the part of Metabase's API that Farol uses: paths, key check, ids, error bodies."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KINDS = ("database", "collection", "card", "dashboard")


class Simulator:
    """Keeps what was made in `made[kind][id]` and every call in `journal`."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.made: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.journal: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Simulator:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: dict[str, Any], models: str) -> tuple[int, Any]:
        items = re.fullmatch(r"/api/collection/(\d+)/items", path)
        if method == "GET" and items:
            inside = self.made[models].values()
            return 200, {"data": [e for e in inside if e.get("collection_id") == int(items[1])]}
        found = re.fullmatch(r"/api/(\w+)(?:/(\d+))?", path)
        if not found or found[1] not in KINDS:
            return 404, "API endpoint does not exist."
        entries = self.made[found[1]]
        if method == "GET":
            return 200, list(entries.values())
        if method == "POST":
            entry = {**body, "id": len(entries) + 1}
            entries[entry["id"]] = entry
            return 200, entry
        if int(found[2] or 0) not in entries:
            return 404, "Not found."
        entries[int(found[2])].update(body)
        return 200, entries[int(found[2])]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                path, _, query = self.path.partition("?")
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
                simulator.journal.append((self.command, path))
                if self.headers.get("X-API-Key") != simulator.key:
                    self._reply(401, "Unauthenticated")
                else:
                    self._reply(*simulator.answer(self.command, path, body, query.removeprefix("models=")))

            do_GET = do_POST = do_PUT = _serve

            def _reply(self, status: int, value: Any) -> None:
                content = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
