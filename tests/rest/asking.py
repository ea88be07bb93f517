"""Asking the REST interface as a person."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client
from tests.permissions.identities import person

from farol.platform.accounts import tokens
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import OPERATOR


class Asker:
    """`ana.post("/payables", {...})`: status and JSON of the answer."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.token = tokens.create(OPERATOR, user, "t")[0]
        self.client = Client(raise_request_exception=False)

    def raw(self, method: str, path: str, body: str | bytes = b"", **headers: str) -> HttpResponse:
        headers |= {"Authorization": f"Bearer {self.token}"}
        return self.client.generic(method, "/api/v1" + path, body, content_type="application/json", headers=headers)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        answer = self.raw(method, path, b"" if body is None else json.dumps(body), **headers)
        return answer.status_code, answer.json()

    def get(self, path: str) -> tuple[int, Any]:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        return self.ask("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self.ask("PATCH", path, body, **headers)


def asker(role: str, email: str = "") -> Asker:
    return Asker(person(role, email))
