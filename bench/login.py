"""Pages while twenty people guess passwords, beside the same pages while twenty people merely read the log-in page.

Where nothing stops a guess before the hash, the p95 of ordinary pages went from 19 ms to 4.4 s.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from bench.harness import Row
from bench.pages import ADDRESS, portal

GUESSERS, TRIES, LOOKS = 20, 800, 60


def run() -> Iterator[Row]:
    with portal() as (cookies, _process), httpx.Client(base_url=ADDRESS, timeout=60) as stranger:
        reader = httpx.Client(base_url=ADDRESS, cookies=cookies, timeout=60)
        quiet = _pages(reader)
        reading = _during(reader, lambda _number: stranger.get("/entrar"))
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', stranger.get("/entrar").text)[1]

        def guess(number: int) -> httpx.Response:
            form = {"csrfmiddlewaretoken": token, "email": f"n{number}@example.com", "password": "wrong"}
            return stranger.post("/entrar", data=form, headers={"Referer": ADDRESS})

        guessing = _during(reader, guess)
    what = f"p95 of a page while {GUESSERS} guess passwords (quiet: {quiet:.0f} ms)"
    yield Row(
        what, f"{guessing:.0f} ms", f"{GUESSERS} readers {reading:.0f} ms", f"{guessing / reading:.2f} x", "≤ 2 x quiet"
    )


def _pages(client: httpx.Client) -> float:
    taken = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        client.get("/perfil").raise_for_status()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(taken, n=20)[-1]


def _during(reader: httpx.Client, other: Callable[[int], object]) -> float:
    with ThreadPoolExecutor(GUESSERS) as pool:
        for number in range(TRIES):
            pool.submit(other, number)
        time.sleep(0.1)
        return _pages(reader)
