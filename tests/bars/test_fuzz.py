"""F1: whatever the document of the REST interface allows and forbids, on a real server with real data."""

from __future__ import annotations

import datetime as dt
import json

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from tests.bars.server import Server

from farol.areas.payments import demo
from farol.platform import calendar

pytestmark = pytest.mark.slow
LAST_DAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("fuzz")
    with Server(home) as running:
        facts = home / "facts.csv"
        demo.write_csv(facts, 7, LAST_DAY, calendar.BusinessCalendar("SP", "São Paulo"), days=60)
        running.farol("load", "payments", str(facts))
        running.add("ana@example.com", "super_admin")
        yield running


@pytest.fixture(scope="module")
def client(server):
    token = json.loads(server.farol("token", "create", "ana@example.com", "--json"))["token"]
    with httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        yield client


def send(client: httpx.Client, case: schemathesis.Case) -> httpx.Response:
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() != "authorization"}
    body = None if isinstance(case.body, schemathesis.core.NotSet) else case.body
    body = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers["Content-Type"] = "application/json"
    return client.request(case.method, case.formatted_path, params=case.query, content=body, headers=headers)


def test_f1_no_document_conforming_or_broken_request_ends_in_an_error_of_ours(client):
    document = client.get("/api/v1/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert operations
    for operation in operations:
        for mode in schemathesis.GenerationMode:

            @seed(7)
            @settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(case=operation.as_strategy(generation_mode=mode))
            def proves(case: schemathesis.Case) -> None:
                response = send(client, case)
                said = (
                    f"{case.method} {case.formatted_path} {case.body!r}: {response.status_code} {response.text[:300]}"
                )
                assert response.status_code < 500, said
                assert "Traceback" not in response.text, said
                assert response.status_code == 405 or response.json() is not None, said

            proves()


NASTY = [
    "", " ", "x" * 100_000, "\x00", "\u202e", "NaN", "1e308", "-0", "١٢", "0001-01-01", "9999-12-31", "2026-02-30",
    "' OR 1=1 --", "{{7*7}}", "<script>", "../../etc/passwd", "=1+1", {"$gt": ""}, [[]], 0, -1, 10**30, 1.5, None, True,
]  # fmt: skip


def test_f1_every_field_takes_every_kind_without_an_error_of_ours(client):
    names = ("measures", "by", "where", "period", "compare", "order", "limit")
    asked = [{"measures": "tpv", name: value} for name in names for value in NASTY]
    asked += [{"measures": "tpv", "where": {"product": value}} for value in NASTY]
    asked += [{"measures": "tpv", "where": {str(value): "x"}} for value in NASTY if isinstance(value, str)]
    for body in asked:
        response = client.post("/api/v1/metrics/payments/query", json=body)
        said = f"{str(body)[:200]}: {response.status_code} {response.text[:300]}"
        assert response.status_code < 500, said
        assert "SELECT" not in response.text, said
        if response.status_code == 422:
            assert response.json()["code"], said
    for name in ("measure", "date", "against", "by", "where"):
        for value in NASTY:
            response = client.post("/api/v1/metrics/payments/explain", json={name: value})
            assert response.status_code < 500, (name, str(value)[:80], response.text[:300])
