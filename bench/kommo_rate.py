"""How much of the configured rate a full load of the CRM keeps up while it normalises, stores and compares.

The made-up Kommo is a process of its own; `FAROL_BENCH_CRM_REMOTE` sets how many leads it has (6,000).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench.harness import SCRATCH, Row, child

HOME = SCRATCH / "kommo-rate"
LEADS = int(os.environ.get("FAROL_BENCH_CRM_REMOTE", "6000"))
RATE = 6.5


def run() -> Iterator[Row]:
    shutil.rmtree(HOME, ignore_errors=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    env = {"FAROL_HOME": str(HOME), "FAROL_KOMMO_URL": url, "FAROL_KOMMO_TOKEN": "simulador"}
    env["FAROL_KOMMO_PER_SECOND"] = str(RATE)
    child(sys.executable, "-m", "farol.cli", "init", env=env)
    with made_up_kommo(url, env):
        command = (sys.executable, "-m", "farol.cli", "sync", "kommo", "--full", "--json")
        _taken, memory, output = child(*command, env=env)
        stand = told(url)
    found = json.loads(output.strip().splitlines()[-1])
    rate = found["requests"] / found["seconds"]
    yield Row(
        f"full load of {LEADS:,} leads with their history: {found['rows_read']:,} records, published",
        f"{rate:.2f} requests/s over {found['requests']} requests, {memory:.0f} MiB",
        f"the limit set: {RATE}/s",
        f"{100 * rate / RATE:.0f} %",
        "≥ 90 %",
    )
    yield Row("… most requests in any second, as the other side counts", str(stand["most_in_second"]), "", "", "≤ 7")


@contextmanager
def made_up_kommo(url: str, env: dict[str, str]) -> Iterator[None]:
    port = url.rpartition(":")[2]
    command = [sys.executable, "-m", "farol.cli", "simulate", "kommo", "--port", port, "--seed", "7"]
    process = subprocess.Popen([*command, "--leads", str(LEADS)], env={**os.environ, **env})
    try:
        for _ in range(240):
            try:
                told(url)
                break
            except OSError:
                time.sleep(0.5)
        yield
    finally:
        process.terminate()
        process.wait(20)


def told(url: str) -> dict[str, int]:
    """The other side's counters."""
    request = urllib.request.Request(f"{url}/controle", data=b"{}", headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, int] = json.load(answer)
        return found
