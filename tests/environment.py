"""Loaded before Django: points the settings at a throw-away place, on SQLite or (`--engine=postgres`) on PostgreSQL."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

HOME = Path(os.environ.setdefault("FAROL_HOME", tempfile.mkdtemp(prefix="farol-test-")))
ENGINE = next(
    (a.split("=")[1] for a in sys.argv if a.startswith("--engine=")),
    os.environ.get("FAROL_TEST_ENGINE", "sqlite"),
)
os.environ["FAROL_TEST_ENGINE"] = ENGINE
POSTGRES = os.environ.get("FAROL_TEST_POSTGRES", "")

if ENGINE == "postgres":
    if not POSTGRES:
        raise SystemExit("--engine=postgres needs FAROL_TEST_POSTGRES=postgresql://… (./dev test finds or starts one)")
    os.environ["FAROL_DATABASE_URL"] = POSTGRES
else:
    os.environ["FAROL_DATABASE_URL"] = "sqlite:///"
os.environ["FAROL_WAREHOUSE"] = "duckdb"
os.environ["FAROL_LOG_FORMAT"] = "text"
os.environ.setdefault("FAROL_PUBLIC_URL", "http://127.0.0.1:8000")


def pytest_addoption(parser):
    parser.addoption(
        "--engine", default="sqlite", choices=["sqlite", "postgres"], help="operational database of this run"
    )
    parser.addoption("--all", action="store_true", help="also run the slow groups")
