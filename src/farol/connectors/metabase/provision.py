"""Makes the connection, the questions and the dashboard, or brings those made before up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from farol.connectors.metabase import Question
from farol.connectors.metabase.client import Metabase
from farol.core.errors import Refused

COLLECTION = DATABASE = "Farol"
HEIGHT, COLUMNS = 7, 24


def provision(metabase: Metabase, warehouse: str, board: str, questions: Sequence[Question]) -> dict[str, Any]:
    """Returns the ids made or found: `{"database", "collection", "dashboard", "cards": [...]}`."""
    database = _connection(metabase, warehouse)
    collection = _collection(metabase)
    cards = [_card(metabase, question, database, collection) for question in questions]
    dashboard = _dashboard(metabase, board, collection)
    placed = _layout(cards, questions)
    metabase.call("PUT", f"/api/dashboard/{dashboard}", {"dashcards": placed})
    return {"database": database, "collection": collection, "dashboard": dashboard, "cards": cards}


def connection_details(warehouse: str) -> dict[str, Any]:
    """Metabase's form of a `postgresql://` address; `Refused` for any other warehouse."""
    url = urlsplit(warehouse)
    if url.scheme not in ("postgres", "postgresql"):
        raise Refused(_("Metabase reads the warehouse from PostgreSQL: set FAROL_WAREHOUSE and load again."))
    return {
        "host": url.hostname or "localhost",
        "port": url.port or 5432,
        "dbname": url.path[1:],
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "ssl": False,
        "schema-filters-type": "inclusion",
        "schema-filters-patterns": "bi",
    }


def _connection(metabase: Metabase, warehouse: str) -> int:
    body = {"engine": "postgres", "name": DATABASE, "details": connection_details(warehouse)}
    known = metabase.find("/api/database", DATABASE)
    if known is None:
        return metabase.call("POST", "/api/database", body)["id"]
    metabase.call("PUT", f"/api/database/{known}", body)
    return known


def _collection(metabase: Metabase) -> int:
    known = metabase.find("/api/collection", COLLECTION)
    return known if known is not None else metabase.call("POST", "/api/collection", {"name": COLLECTION})["id"]


def _card(metabase: Metabase, question: Question, database: int, collection: int) -> int:
    body = {
        "name": question.name,
        "collection_id": collection,
        "display": question.display,
        "dataset_query": {"type": "native", "database": database, "native": {"query": question.sql}},
        "visualization_settings": _settings(question),
    }
    known = metabase.find(f"/api/collection/{collection}/items", question.name, models="card")
    if known is None:
        return metabase.call("POST", "/api/card", body)["id"]
    metabase.call("PUT", f"/api/card/{known}", body)
    return known


def _settings(question: Question) -> dict[str, Any]:
    if question.display == "table":
        return {}
    settings: dict[str, Any] = {
        "graph.dimensions": list(question.dimensions),
        "graph.metrics": list(question.metrics),
    }
    return {**settings, "stackable.stack_type": "stacked"} if question.stacked else settings


def _dashboard(metabase: Metabase, name: str, collection: int) -> int:
    known = metabase.find(f"/api/collection/{collection}/items", name, models="dashboard")
    if known is not None:
        return known
    return metabase.call("POST", "/api/dashboard", {"name": name, "collection_id": collection})["id"]


def _layout(cards: list[int], questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Left to right, a new line where the next one does not fit; new tiles carry negative ids, as Metabase asks."""
    placed, row, col = [], 0, 0
    for at, (card, question) in enumerate(zip(cards, questions, strict=True)):
        if col + question.width > COLUMNS:
            row, col = row + HEIGHT, 0
        placed.append(
            {"id": -at - 1, "card_id": card, "row": row, "col": col, "size_x": question.width, "size_y": HEIGHT}
        )
        col += question.width
    return placed
