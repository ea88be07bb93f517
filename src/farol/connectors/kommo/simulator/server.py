"""The HTTP side of the made-up Kommo. `/controle` (this machine only) plants faults and changes rows."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from farol.connectors.kommo.simulator import lists
from farol.connectors.kommo.simulator.answers import ELSEWHERE, Answer, blocked, busy, fine, problem, refusal, spoil
from farol.connectors.kommo.simulator.faults import LINE, Faults, Plan
from farol.connectors.kommo.simulator.journal import Journal
from farol.connectors.kommo.simulator.limits import Limits
from farol.connectors.kommo.simulator.line import Server, deliver
from farol.connectors.kommo.simulator.oauth import OAuth
from farol.connectors.kommo.simulator.world import World
from farol.connectors.kommo.simulator.writes import Invalid, Writes

TOKEN = "simulador"  # noqa: S105
PREFIX = "/api/v4"
__all__ = ["ELSEWHERE", "TOKEN", "Simulator"]
_ROUTES = (
    r"/(users|tasks|events|contacts|companies|leads)",
    r"/leads/(pipelines|loss_reasons)",
    r"/(leads|contacts|companies)/(custom_fields|tags|notes)",
)
Query = list[tuple[str, str]]


class Simulator:
    """A Kommo for tests, benches and the demo: `with Simulator(world) as kommo: kommo.url`.

    `url` is what FAROL_KOMMO_URL should be; `token` is its long-lived token. `faults` and `limits` may be looked at and
    changed while it runs, `world` too.
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        token: str = TOKEN,
        seed: int = 7,
        per_second: int = 7,
        faults: Faults | None = None,
        journal: Path | None = None,
    ) -> None:
        self.world, self.token = world, token
        self.faults = faults or Faults(seed)
        self.limits = Limits(per_second)
        self.oauth = OAuth(token)
        self._journal = Journal(journal)
        self._writes = Writes(world, self._journal)
        self.page_at_most = 250  # pages may be shorter than what was asked for
        self._last: dict[str, dict[str, Any]] = {}
        self._server = Server(("127.0.0.1", port), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

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

    def answer(self, method: str, path: str, query: Query, token: str, body: Any) -> Answer:
        """One request, after limits and faults."""
        try:
            if not self.limits.enter():
                self.limits.told(1)
                return busy("busy_json" if self.limits.requests % 2 else "busy_nothing", 1)
            if self.limits.blocked:
                return blocked()
            if path.startswith("/oauth"):
                return self._consent(method, path, query, body)
            if not self.oauth.knows(token):
                return problem(401, "Unauthorized")
            return self._api(method, path.removeprefix(PREFIX), query, body)
        finally:
            self.limits.leave()

    def _consent(self, method: str, path: str, query: Query, body: Any) -> Answer:
        if method == "POST" and path == "/oauth2/access_token":
            plan = self.faults.strike("oauth")
            pair = self.oauth.exchange(body if isinstance(body, dict) else {})
            answer = fine(pair) if pair else problem(400, "Bad Request", hint="invalid_grant")
            answer.line = plan
            return answer
        if method == "GET" and path == "/oauth":
            asked = dict(query)
            host = self.url.removeprefix("http://")
            back = urlencode({"code": self.oauth.new_code(), "state": asked.get("state", ""), "referer": host})
            return Answer(302, headers={"Location": f"{asked.get('redirect_uri', '')}?{back}"})
        return problem(404, "Not Found")

    def _api(self, method: str, path: str, query: Query, body: Any) -> Answer:
        if method == "GET" and path == "/account":
            return self._struck("account", lambda plan: fine(self.world.account))
        route = next(filter(None, (re.fullmatch(pattern, path) for pattern in _ROUTES)), None)
        if route:
            entity, scope = route.groups()[-1], route[1]
            if method == "POST":
                return self._struck(entity, lambda _plan: self._create(entity, scope, body), method)
            return self._struck(entity, lambda plan: self._list(entity, scope, path, query, plan))
        match = re.fullmatch(r"/leads/(\d+)", path)
        if match:
            return self._struck("leads", lambda plan: self._one_lead(method, int(match[1]), body), method)
        return Answer(204) if path in ("/sources", "/catalogs") else problem(404, "Not Found")

    def _struck(self, entity: str, make: Any, method: str = "GET") -> Answer:
        plan = self.faults.strike(entity, method)
        if plan is None:
            answer: Answer = make(None)
            return answer
        if plan.kind == "401":
            self.oauth.expire()
        if plan.kind.startswith("busy") and plan.kind != "busy_nothing":
            self.limits.told(plan.seconds - (plan.kind == "busy_date"))  # a date has whole seconds
        made = make(plan) if plan.done else None
        answer = refusal(plan) or made or make(plan)
        answer.line = plan if plan.kind in LINE else None
        return answer

    def _list(self, entity: str, scope: str, path: str, query: Query, plan: Plan | None) -> Answer:
        kind = plan.kind if plan else ""
        with self.world.lock:
            if kind == "shifting":
                self._shift()
            try:
                obeys = {"order": kind != "no_order", "filters": kind != "no_filter"}
                found = lists.find(self.world, entity, scope, query, most=self.page_at_most, **obeys)
            except (lists.TooMany, ValueError) as error:
                return problem(422, "Unprocessable Entity", limit=str(error))
            if not found.rows and kind != "empty_page":
                return Answer(204)
            body = spoil(
                kind, lists.page_body(found, lambda page: self._link(path, query, page)), self._last.get(entity)
            )
            self._last[entity] = body
            return fine(body)

    def _link(self, path: str, query: Query, page: int) -> str:
        return (
            f"{self.url}{PREFIX}{path}?{urlencode([*((k, v) for k, v in query if k != 'page'), ('page', str(page))])}"
        )

    def _shift(self) -> None:
        """Between two pages one lead is edited and another deleted."""
        here = [row["id"] for row in self.world.leads if not row["is_deleted"]]
        edited, gone = self.world.random.sample(here, 2)
        self.world.edit_lead(edited, price=self.world.random.randrange(1, 9999))
        self.world.delete_lead(gone)

    def _create(self, entity: str, scope: str, body: Any) -> Answer:
        try:
            return fine(self._writes.create(entity, scope, body))
        except Invalid as error:
            return Answer(400, json.dumps(error.body).encode(), "application/problem+json")
        except KeyError:
            return problem(405, "Method Not Allowed")

    def _one_lead(self, method: str, lead_id: int, body: Any) -> Answer:
        row = self.world.leads.rows.get(lead_id)
        if row is None:
            return Answer(204)
        return fine(self._writes.change_lead(lead_id, body)) if method == "PATCH" else fine(row)

    def control(self, orders: dict[str, Any]) -> dict[str, Any]:
        """`plant` (see `Faults.plant`), `clear`, `per_second`, `expire` (access tokens), `revoke`; for leads `create`
        values, `edit` {id: values}, `delete` and `restore` [ids]. Answers with counters, what is true, faults struck.
        """
        if orders.get("clear"):
            self.faults.clear()
        self.faults.order(orders.get("plant", []))
        self.limits.per_second = int(orders.get("per_second", self.limits.per_second))
        if orders.get("expire"):
            self.oauth.expire()
        self.oauth.revoked = bool(orders.get("revoke", self.oauth.revoked))
        made = self.world.create_lead(**orders["create"]) if "create" in orders else None
        for lead_id, values in orders.get("edit", {}).items():
            self.world.edit_lead(int(lead_id), **values)
        for name in ("delete", "restore"):
            for lead_id in orders.get(name, []):
                self.world.delete_lead(int(lead_id), gone=name == "delete")
        stand = {**self.limits.stand(), "exchanges": self.oauth.exchanges, "struck": dict(self.faults.struck)}
        return stand | {"truth": self.world.truth(), "created": made and made["id"]}


def _handler(simulator: Simulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve("GET")

        def do_POST(self) -> None:
            self._serve("POST")

        def do_PATCH(self) -> None:
            self._serve("PATCH")

        def _serve(self, method: str) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, _mark, query = self.path.partition("?")
            try:
                body = json.loads(text or b"null")
            except ValueError:
                body = None
            if path == "/controle":
                answer = fine(simulator.control(body or {}))
            else:
                token = self.headers.get("Authorization", "")
                answer = simulator.answer(method, path, parse_qsl(query, keep_blank_values=True), token, body)
            deliver(self, answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
