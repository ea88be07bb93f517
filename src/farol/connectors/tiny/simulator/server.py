"""The HTTP side of the made-up Tiny. `/controle` (this machine only) plants faults and tells what is stored."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from farol.connectors.tiny.simulator.books import Books
from farol.connectors.tiny.simulator.catalogue import Catalogue
from farol.connectors.tiny.simulator.faults import Chance, Faults
from farol.connectors.tiny.simulator.journal import Journal
from farol.connectors.tiny.simulator.limits import Limits
from farol.connectors.tiny.simulator.services import Services, Wrong

TOKEN = "simulador"  # noqa: S105


class Server(ThreadingHTTPServer):
    """A caller that is gone is no error of the server's."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Simulator:
    """`url` is what FAROL_TINY_URL should be. The same journal again is the same Tiny again."""

    def __init__(
        self,
        journal: Path,
        *,
        token: str = TOKEN,
        seed: int = 7,
        port: int = 0,
        per_minute: int = 60,
        faults: Faults | None = None,
    ) -> None:
        self.token = token
        self.chance = Chance(seed, faults or Faults())
        self.limits = Limits(per_minute)
        self._journal = Journal(journal)
        self.books = Books(self._journal)
        self.services = Services(self.books, Catalogue(seed), self.chance.lateness)
        self.lock = threading.Lock()
        self._server = Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api2"

    def __enter__(self) -> Simulator:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self.close()

    def serve(self) -> None:
        """Until interrupted."""
        try:
            self._server.serve_forever()
        finally:
            self.close()

    def close(self) -> None:
        self._server.server_close()
        self._journal.close()

    def answer(self, service: str, form: dict[str, str]) -> Answer:
        """The answer of one call, after what chance does to it."""
        about = _about(form)
        try:
            self.limits.enter()
            try:
                if self.chance.faults.slow:
                    time.sleep(self.chance.faults.slow)
                answer = self._answer(service, form, about)
            finally:
                self.limits.leave()
        except Wrong as wrong:
            answer = Answer(wrong.envelope(), outcome=f"code {wrong.code}")
        return answer

    def _answer(self, service: str, form: dict[str, str], about: str) -> Answer:
        self._admit(form)
        with self.lock:
            if service in self.services.reads:
                # noted first: what is stored after this line was not there when the search looked
                self.books.note(service, "asked", about)
                return Answer(_fine(self.services.reads[service](form)))
            if service in self.services.writes:
                return self._noted(service, form, about)
        return Answer({}, status=404, outcome="no such service")

    def _noted(self, service: str, form: dict[str, str], about: str) -> Answer:
        try:
            answer = self._write(service, form)
        except Wrong as wrong:
            self.books.note(service, f"code {wrong.code}", about)
            raise
        self.books.note(service, answer.outcome, about)
        return answer

    def _write(self, service: str, form: dict[str, str]) -> Answer:
        fault = self.chance.draw()
        if fault == "busy":
            return Answer(None, status=429, outcome=fault)
        if fault == "too_often":
            raise Wrong(6, "API bloqueada momentaneamente, muitos acessos no último minuto", processing=1)
        if fault == "unexpected":
            raise Wrong(35, "Ocorreu um erro inesperado, tente novamente mais tarde")
        if fault == "refuse":
            raise Wrong(31, "Recusado", record=True)
        made = _fine(self.services.writes[service](form)())
        if fault == "unexpected_stored":
            raise Wrong(35, "Ocorreu um erro inesperado, tente novamente mais tarde")
        return _spoilt(fault, made)

    def _admit(self, form: dict[str, str]) -> None:
        if self.limits.per_minute == 0:
            raise Wrong(5, "API bloqueada ou sem acesso", processing=1)
        if not form.get("token"):
            raise Wrong(1, "Token não informado", processing=1)
        if not secrets.compare_digest(form["token"].encode(), self.token.encode()):
            raise Wrong(2, "Token inválido ou não encontrado", processing=1)

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """`faults`: shares from now on; `plant`: faults of the next writes; `per_minute`. Answers with the stand."""
        if "faults" in orders:
            self.chance.faults = Faults.of(orders["faults"])
        self.chance.planted += orders.get("plant", [])
        self.limits.per_minute = int(orders.get("per_minute", self.limits.per_minute))
        with self.lock:
            stand = {kind: [d["key"] for d in self.books.of(kind)] for kind in ("order", "payable")}
        return {**stand, "over": self.limits.over, "most_at_once": self.limits.most_at_once}


class Answer:
    """What goes back: a body (None: empty), a status, or a line that is cut."""

    def __init__(self, body: Any, *, status: int = 200, outcome: str = "OK", cut: bool = False) -> None:
        self.status, self.outcome, self.cut = status, outcome, cut
        envelope = {"retorno": body} if isinstance(body, dict) else body
        text = "" if body is None else body if isinstance(body, str) else json.dumps(envelope, ensure_ascii=False)
        self.content = text.encode()


def _fine(reply: dict[str, Any]) -> dict[str, Any]:
    return {"status_processamento": "3", "status": "OK", **reply}


def _spoilt(fault: str, made: dict[str, Any]) -> Answer:
    if fault == "cut":
        return Answer(None, outcome=fault, cut=True)
    if fault == "error":
        return Answer("<html><body>Internal Server Error</body></html>", status=500, outcome=fault)
    if fault == "garbage":
        return Answer('{"retorno": {"status":', outcome=fault)
    return Answer(made)


def _about(form: dict[str, str]) -> str:
    """What a call is about, for the journal: the key that it names."""
    for name in ("pedido", "conta"):
        try:
            body = json.loads(form.get(name, "{}")).get(name, {})
            about = body.get("numero_pedido_ecommerce") or body.get("historico")
        except (ValueError, AttributeError):
            about = ""
        if about:
            return str(about)
    return form.get("numeroEcommerce") or form.get("data_ini_vencimento") or form.get("id") or ""


def _handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/controle":
                stand = json.dumps(simulator.control(json.loads(body or b"{}"))).encode()
                self._reply(200, stand)
                return
            prefix, _slash, service = self.path.rpartition("/")
            form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
            if prefix != "/api2" or "?" in service:
                self._reply(404, b"")
                return
            answer = simulator.answer(service, form)
            if answer.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            else:
                self._reply(answer.status, answer.content)

        def _reply(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("x-limit-api", str(simulator.limits.per_minute))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
