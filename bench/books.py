"""A million entries added up again (`farol books verify`), beside the bare sum of the same table, on either database.

Then one balance is changed by a centavo behind the product's back: it must be found and named.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.harness import ROOT, SCRATCH, Row

ENTRIES, ACCOUNTS = 1_000_000, 20_000
SERVER = os.environ.get("FAROL_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
ENGINES = {"SQLite": "sqlite:///", "PostgreSQL": f"{SERVER}/farol_bench_books"}
WANTED = "voucher:VC-777"
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "
# what is posted on each account, by bare statements: the trigger would look at every row of a table that is ours alone
FILL = [
    NUMBERS.format(most=ACCOUNTS) + "INSERT INTO ledger_account (id, key, kind, bounded, closed, balance, held) "
    "SELECT i, 'voucher:VC-' || i, 'voucher', true, false, 0, 0 FROM n",
    "INSERT INTO ledger_account (id, key, kind, bounded, closed, balance, held) "
    f"VALUES ({ACCOUNTS + 1}, 'company:voucher_issued', 'company', false, false, 0, 0)",
    NUMBERS.format(most=ENTRIES // 2) + "INSERT INTO ledger_posting "
    "(id, kind, day, source, actor, memo, at, data, sku, item_version, cause) "
    "SELECT i, 'voucher_issued', '2026-01-15', 'vouchers:' || i, 'system', '', '2026-01-15 12:00:00+00', '{}', "
    "'', '', '' FROM n",
    'INSERT INTO ledger_entry (posting_id, account_id, amount, "case", category) '
    f"SELECT id, 1 + id % {ACCOUNTS}, 100 + id % 997, '', '' FROM ledger_posting",
    'INSERT INTO ledger_entry (posting_id, account_id, amount, "case", category) '
    f"SELECT id, {ACCOUNTS + 1}, -100 - id % 997, '', '' FROM ledger_posting",
    "UPDATE ledger_account SET balance = (SELECT sum(amount) FROM ledger_entry WHERE account_id = ledger_account.id) "
    "WHERE bounded",
]
SCRIPT = """
import json, sys, time
import django
django.setup()
from django.db import connection
from farol.engines.ledger import triggers
with connection.cursor() as cursor:
    for statement in json.load(sys.stdin):
        if statement in ("remove", "install"):
            getattr(triggers, statement)(connection)
            continue
        started = time.perf_counter()
        cursor.execute(statement)
        if statement.startswith("SELECT"):
            cursor.fetchall()
            print(time.perf_counter() - started)
"""


def run() -> Iterator[Row]:
    for engine, url in ENGINES.items():
        home = SCRATCH / f"books-{engine.lower()}"
        env = {"FAROL_HOME": str(home), "FAROL_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "farol.config.settings"}
        prepare(home, env, url)
        seconds, answer = verified(env)
        if not answer["ok"] or answer["entries"] != ENTRIES:
            raise SystemExit(f"bench: {answer}")
        bare = float(_statements(env, ["SELECT account_id, sum(amount) FROM ledger_entry GROUP BY account_id"]))
        what = f"{ENTRIES:,} entries proved ({engine})"
        yield Row(what, f"{seconds:.1f} s", f"{bare:.1f} s, bare sum", f"{seconds / bare:.1f} x", "<= 60 s")
        yield Row(f"one centavo wrong ({engine})", _spoiled(env), "", "", f"{WANTED} is named")


def prepare(home: Path, env: dict[str, str], url: str) -> None:
    """An installation of its own, filled anew."""
    shutil.rmtree(home, ignore_errors=True)
    if url.startswith("postgres"):
        for statement in ("DROP DATABASE IF EXISTS farol_bench_books", "CREATE DATABASE farol_bench_books"):
            subprocess.run(["psql", "-q", f"{SERVER}/postgres", "-c", statement], check=True)
    home.mkdir(parents=True)
    _child(env, [sys.executable, "-m", "farol.cli", "init"])
    _statements(env, ["remove", *FILL, "install"])


def verified(env: dict[str, str]) -> tuple[float, dict]:
    """Seconds of the whole command, and what it said."""
    started = time.perf_counter()
    text = _child(env, [sys.executable, "-m", "farol.cli", "books", "verify", "--json"])
    return time.perf_counter() - started, json.loads(text)


def _spoiled(env: dict[str, str]) -> str:
    _statements(env, [f"UPDATE ledger_account SET balance = balance + 1 WHERE key = '{WANTED}'"])
    found = verified(env)[1]["differences"]
    if [one["name"] for one in found] != [WANTED]:
        raise SystemExit(f"bench: {found}")
    return f"{found[0]['name']}: {found[0]['stored']} instead of {found[0]['proved']}"


def _statements(env: dict[str, str], statements: list[str]) -> str:
    return _child(env, [sys.executable, "-c", SCRIPT], json.dumps(statements))


def _child(env: dict[str, str], command: list[str], text: str = "") -> str:
    """Standard output; a proof that finds something ends with 1, which is no failure here."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode and "verify" not in command:
        raise SystemExit(f"bench: {done.stderr[-2000:]}")
    return done.stdout
