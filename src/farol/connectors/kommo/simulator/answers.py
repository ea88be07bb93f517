"""An answer of the made-up Kommo, and what a planted fault makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from farol.connectors.kommo.simulator.faults import Plan

HTML = b"<html><head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>"
ELSEWHERE = "http://elsewhere.example"


@dataclass
class Answer:
    """`line`: how the connection misbehaves while this is sent."""

    status: int
    content: bytes = b""
    kind: str = "application/hal+json"
    headers: dict[str, str] = field(default_factory=dict)
    line: Plan | None = None


def fine(body: Any) -> Answer:
    return Answer(200, json.dumps(body, ensure_ascii=False).encode())


def problem(status: int, title: str = "", **more: Any) -> Answer:
    body = {
        "title": title or "Problem",
        "type": f"https://httpstatus.es/{status}",
        "status": status,
        "detail": "…",
        **more,
    }
    return Answer(status, json.dumps(body).encode(), "application/problem+json")


def blocked() -> Answer:
    return Answer(403, HTML, "text/html")


def busy(kind: str, seconds: float) -> Answer:
    """Too many requests, in the ways that are seen: with the wait in a header, in the body, or not at all."""
    if kind == "busy_seconds":
        return _with_header(str(int(seconds)))
    if kind == "busy_date":
        import time

        return _with_header(formatdate(time.time() + seconds, usegmt=True))
    if kind == "busy_json":
        return problem(429, "Too Many Requests", retry_after=int(seconds))
    if kind == "busy_plain":
        return Answer(429, f'{{"retry_after": {int(seconds)}}}'.encode(), "text/plain")
    return Answer(429, b"Too Many Requests", "text/plain")


def _with_header(value: str) -> Answer:
    answer = problem(429, "Too Many Requests")
    answer.headers["Retry-After"] = value
    return answer


def refusal(plan: Plan) -> Answer | None:
    """The answer of a fault that needs no rows."""
    if plan.kind.startswith("busy"):
        return busy(plan.kind, plan.seconds)
    if plan.kind == "html403":
        return blocked()
    if plan.kind == "json403":
        return problem(403, "Forbidden")
    if plan.kind == "html200":
        return Answer(200, b"<html><body>Login</body></html>", "text/html")
    if plan.kind == "redirect":
        return Answer(302, headers={"Location": f"{ELSEWHERE}/api/v4/leads"})
    if plan.kind == "gap204":
        return Answer(204)
    if plan.kind.isdigit():
        return problem(int(plan.kind), "Problem", **({"trace_id": "5f1c"} if plan.kind == "500" else {}))
    return None


def spoil(kind: str, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
    """The list with what is wrong in it; `before`: the answer before this one."""
    (plural, rows), *_ = body["_embedded"].items()
    if kind == "repeated_page" and before:
        return {**body, "_embedded": before["_embedded"]}
    if kind == "empty_page":
        link = {"href": body["_links"]["self"]["href"]}
        return {**body, "_links": {"next": link, **body["_links"]}, "_embedded": {plural: []}}
    if kind == "duplicates":
        rows = [*rows[:3], *rows]
    if kind == "foreign_next":
        return {**body, "_links": {"next": {"href": f"{ELSEWHERE}/api/v4/leads?page=2"}}}
    changes: dict[str, dict[str, Any]] = {
        "nan": {"price": float("nan")},
        "huge": {"price": 10**30},
        "wrong_type": {"price": "abc"},
        "null_created": {"created_at": None},
        "unknown_field": {"novidade": {"a": [1]}},
        "missing_field": {},
    }
    if kind in changes and rows:
        first = {**rows[0], **changes[kind]}
        if kind == "missing_field":
            first.pop("status_id", None)  # rows of the trash never had it
        rows = [first, *rows[1:]]
    return {**body, "_embedded": {plural: rows}}
