"""For the tests with several processes: a server that counts, and the processes that ask it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.environment import ENGINE, POSTGRES

SCRIPT = Path(__file__).with_name("source_worker.py")
Answer = tuple[int, dict[str, str], Any]


@contextmanager
def serving(answer: Callable[[str, dict[str, str], Any], Answer]) -> Iterator[str]:
    """A server of `answer(path, headers, body)`; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, headers, content = answer(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            payload = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_POST = do_GET

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def processes(home: Path, script: Path = SCRIPT, **options: str) -> Iterator[Callable[..., Any]]:
    """A function that has several processes, on a database of their own, do something; see `source_worker`. `options`
    are further settings."""
    with _database() as url:
        env = {name: value for name, value in os.environ.items() if not name.startswith("FAROL_")}
        env |= {"FAROL_HOME": str(home), "FAROL_DATABASE_URL": url, "FAROL_WAREHOUSE": "duckdb", **options}
        log = home / "worker.log"
        with log.open("wb") as errors:
            worker = subprocess.Popen(
                [sys.executable, str(script)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )

        def ask(do: str, **options: Any) -> list[dict[str, Any]]:
            assert worker.stdin
            assert worker.stdout
            worker.stdin.write(json.dumps({"do": do, **options}).encode() + b"\n")
            worker.stdin.flush()
            line = worker.stdout.readline()
            assert line, log.read_text()[-4000:]
            return json.loads(line)

        try:
            yield ask
        finally:
            assert worker.stdin
            assert worker.stdout
            worker.stdin.close()
            worker.wait(30)
            worker.stdout.close()


@contextmanager
def _database() -> Iterator[str]:
    if ENGINE != "postgres":
        yield "sqlite:///"
        return
    import psycopg

    name = f"farol_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Counter:
    """Counts what arrives in any second, and what comes although a pause was asked for."""

    PAUSES = ("header", "date", "body", "nothing")

    def __init__(self, pause_every: int) -> None:
        self.arrivals: list[float] = []
        self.early, self._until, self._told, self._every = 0, 0.0, 0.0, pause_every
        self._lock = threading.Lock()

    def answer(self, _path: str, _headers: dict[str, str], _body: Any) -> Answer:
        with self._lock:
            now = time.time()
            self.arrivals.append(now)
            count = len(self.arrivals)
            if self._told + 0.3 < now < self._until:  # what was under way when the pause was told may still come
                self.early += 1
            if count % self._every:
                return 200, {}, {"ok": True}
            return self._pause(now, self.PAUSES[count // self._every % 4])

    def _pause(self, now: float, how: str) -> Answer:
        self._told = now
        if how == "nothing":
            return 429, {}, None
        self._until = now + 1 if how != "date" else float(int(now) + 2)
        if how == "date":
            return 429, {"retry-after": formatdate(self._until, usegmt=True)}, None
        return (429, {"retry-after": "1"}, None) if how == "header" else (429, {}, {"retry_after": 1})

    def most_in_a_second(self) -> int:
        return max(sum(at <= other < at + 1 for other in self.arrivals) for at in self.arrivals)
