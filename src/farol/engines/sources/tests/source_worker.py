"""Processes that ask a made-up server side by side: forked from one prepared process, told what to do as JSON.

`ask`: so many processes, so many questions each. `renew`: the same, with tokens that run out; where `kill` is set, the
first process that holds a new pair dies before it can store it. The answer is one line of JSON for each process.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

import django

django.setup()

import httpx  # noqa: E402
from django.db import connection, connections  # noqa: E402

from farol.engines.sources import tokens  # noqa: E402
from farol.engines.sources.errors import SourceError, Unauthorised  # noqa: E402
from farol.engines.sources.http import Http  # noqa: E402
from farol.engines.sources.limiter import Limit  # noqa: E402
from farol.engines.sources.models import Allowance, OAuthToken  # noqa: E402

LEADER = os.getpid()
tokens.audit.record = lambda *_args, **_params: None
tokens.stands.consent_lost = lambda *_told: None


class Fixed:
    def header(self) -> str:
        return "Bearer x"

    def refused(self, used: str) -> bool:
        return False


def prepare() -> None:
    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (Allowance, OAuthToken):
            if model._meta.db_table not in there:
                editor.create_model(model)


def spread(processes: int, work: Any) -> list[dict[str, Any]]:
    """Fork, let each do `work`, and gather what they say; a killed one says nothing."""
    connections.close_all()
    pipes = []
    for number in range(processes):
        out, into = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(out)
            os.write(into, json.dumps(work(number)).encode())
            connections.close_all()
            os._exit(0)
        os.close(into)
        pipes.append((child, out))
    said = []
    for child, out in pipes:
        with os.fdopen(out) as stream:
            text = stream.read()
        os.waitpid(child, 0)
        said.append(json.loads(text) if text else {"killed": True})
    return said


def ask(url: str, processes: int, questions: int, per_second: float, most: int) -> list[dict[str, Any]]:
    def work(_number: int) -> dict[str, Any]:
        limit = Limit("counted", per_second, most, parallel=4)
        http = Http(url, "Counted", limit=limit, auth=Fixed())
        answers = [http.get("/things").status for _ in range(questions)]
        return {"answers": len(answers), "requests": http.requests}

    return spread(processes, work)


def renew(url: str, processes: int, questions: int, pair: list[str], lease: float, kill: bool) -> list[dict[str, Any]]:
    tokens.keep("made-up:default", tokens.Tokens(pair[0], pair[1], 3600), "host")

    def refresh(token: str) -> tokens.Tokens:
        answer = httpx.post(f"{url}/token", json={"refresh_token": token}, timeout=10)
        if answer.status_code == 400:
            raise Unauthorised("spent")
        body = answer.json()
        if kill and body.get("first"):
            os.kill(os.getpid(), signal.SIGKILL)
        return tokens.Tokens(body["access_token"], body["refresh_token"], 3600)

    def work(number: int) -> dict[str, Any]:
        store = tokens.TokenStore("made-up:default", refresh, lease=lease)
        http = Http(url, "Made-up", limit=Limit("fast", 50, 1000, parallel=16), auth=store)
        began, done = time.monotonic(), 0
        try:
            for _ in range(questions):
                http.get(f"/things/{number}")
                done += 1
        except SourceError as error:
            return {"done": done, "error": error.code, "seconds": time.monotonic() - began}
        return {"done": done, "error": "", "seconds": time.monotonic() - began}

    return spread(processes, work)


def main() -> None:
    prepare()
    for line in sys.stdin:
        order = json.loads(line)
        said = {"ask": ask, "renew": renew}[order.pop("do")](**order)
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
