"""M2: of requests with one key the first one takes effect, and all get its answer, whoever comes at once or later."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.bars.server import Server

SEED = 7
KEY_IS_IGNORED = ("farol.platform.api.idempotency", "def once(request, run, *, form=False):\n    return run()\n")
ROW_IS_NOT_WRITTEN = (
    "farol.platform.api.idempotency",
    "def _keep(request, key, digest):\n    return KeptAnswer(key=key, digest=digest), True\n",
)


def bill(number: int, **changes: str) -> bytes:
    fields = {"beneficiary": f"Fornecedor {number}", "category": "Fretes", "method": "pix", "due_on": "2030-07-10"}
    return json.dumps(
        {**fields, "pix_key": "ana@example.com", "amount": f"{number + 1}.50", **changes}
    ).encode()  # fmt: skip


def send(client: httpx.Client, key: str, body: bytes) -> tuple[int, bytes]:
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    answer = client.post("/payables", content=body, headers=headers)
    return answer.status_code, answer.content


def kept(client: httpx.Client) -> int:
    """How many records there are, asked of the server itself."""
    count, after = 0, 0
    while True:
        page = client.get("/payables", params={"limit": 200, "after": after}).json()
        count += len(page["items"])
        if page["next"] is None:
            return count
        after = page["next"]


def violations(server: Server, keys: int, changed: int, senders: int = 4) -> list[str]:
    """What differs from one effect and one answer per key."""
    client = server.crew(ana="cs_analyst")["ana"]
    answers: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    order = [key for key in range(keys) for _sender in range(senders)]
    with ThreadPoolExecutor(16) as pool:
        sent = pool.map(lambda key: (key, send(client, f"key-{key}", bill(key))), order)
        for key, answer in sent:
            answers[key].append(answer)
    found = [f"key {key}: {sorted({a[0] for a in got})}" for key, got in answers.items() if len(set(got)) != 1]
    found += [f"key {key}: {got[0]}" for key, got in answers.items() if got[0][0] != 201]
    some = random.Random(SEED).sample(range(keys), changed)
    for key in some:
        status, body = send(client, f"key-{key}", bill(key, amount="7.77"))
        if status != 422 or json.loads(body)["code"] != "key_reused":
            found.append(f"key {key} with another body: {status}")
    server.stop()
    server.start()
    for key in some:
        if send(client, f"key-{key}", bill(key)) != answers[key][0]:
            found.append(f"key {key}: another answer after the restart")
    if (count := kept(client)) != keys:
        found.append(f"{count} records instead of {keys}")
    print(f"seed {SEED}: {keys} keys x {senders} senders, {changed} changed, {len(found)} violations")
    return found


@pytest.fixture
def home(tmp_path) -> Iterator[Path]:
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("keys", "changed"),
    [(100, 20), pytest.param(1000, 200, marks=pytest.mark.night)],
    ids=["gate", "night"],
)
def test_m2_one_key_one_effect(home, keys, changed):
    with Server(home) as server:
        assert violations(server, keys, changed) == []
        assert "Traceback" not in server.written()


@pytest.mark.parametrize(
    "mutant",
    [ROW_IS_NOT_WRITTEN, pytest.param(KEY_IS_IGNORED, marks=pytest.mark.slow)],
    ids=["not-written", "ignored"],
)
def test_m2_a_server_that_forgets_the_key_is_noticed(home, mutant):
    """Control."""
    with Server(home, mutant) as server:
        assert violations(server, 10, 4)
