"""Provisioning against a real HTTP server that speaks Metabase's API."""

from __future__ import annotations

import pytest
import sqlglot

from farol.areas.payments.metabase import BOARDS
from farol.connectors.metabase.client import Metabase
from farol.connectors.metabase.provision import provision
from farol.connectors.metabase.simulator import Simulator
from farol.core.errors import Refused, Unavailable

WAREHOUSE = "postgresql://farol:p%40ss@db.example:5433/analytics"
NAME, QUESTIONS = BOARDS[0]


@pytest.fixture
def simulator():
    with Simulator("key") as server:
        yield server


def run(simulator, key="key"):
    client = Metabase(simulator.url, key)
    try:
        return provision(client, WAREHOUSE, NAME, QUESTIONS)
    finally:
        client.close()


def test_makes_connection_six_questions_and_the_dashboard(simulator):
    made = run(simulator)
    details = simulator.made["database"][made["database"]]["details"]
    assert (details["host"], details["port"], details["dbname"], details["password"]) == (
        "db.example",
        5433,
        "analytics",
        "p@ss",
    )
    assert len(made["cards"]) == len(simulator.made["card"]) == 6
    tiles = simulator.made["dashboard"][made["dashboard"]]["dashcards"]
    assert [tile["card_id"] for tile in tiles] == made["cards"]
    assert all(tile["col"] + tile["size_x"] <= 24 for tile in tiles)


def test_running_again_makes_nothing_twice(simulator):
    assert run(simulator) == run(simulator)
    assert {kind: len(entries) for kind, entries in simulator.made.items()} == {
        "database": 1,
        "collection": 1,
        "card": 6,
        "dashboard": 1,
    }


def test_wrong_key_is_said_in_words(simulator):
    with pytest.raises(Refused, match="API keys"):
        run(simulator, key="wrong")


def test_absent_server_is_said_in_words():
    with pytest.raises(Unavailable):
        Metabase("http://127.0.0.1:9", "key").call("GET", "/api/database")


def test_a_warehouse_of_files_is_refused(simulator):
    with pytest.raises(Refused, match="FAROL_WAREHOUSE"):
        provision(Metabase(simulator.url, "key"), "duckdb", NAME, QUESTIONS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.name)
def test_questions_are_valid_sql_over_the_bi_schema(question):
    tree = sqlglot.parse_one(question.sql, dialect="postgres")
    assert {table.db for table in tree.find_all(sqlglot.exp.Table) if table.db} == {"bi"}
