"""Categories to begin with; they are managed on screen from then on."""

from __future__ import annotations

from typing import Any

from django.apps import apps as installed
from django.db import DEFAULT_DB_ALIAS

NAMES = (
    "Fretes",
    "Peças e materiais",
    "Reembolso a clientes",
    "Assistência técnica",
    "Serviços de terceiros",
    "Taxas e tarifas",
    "Outras despesas",
)


def seed_categories(sender: Any = None, using: str = DEFAULT_DB_ALIAS, apps: Any = None, **_signal: Any) -> None:
    """Make them where there is none at all; runs after every migration, whose state `apps` is."""
    try:
        categories = (apps or installed).get_model("payables", "Category").objects.using(using)
    except LookupError:  # migrated back to before the table existed
        return
    if not categories.exists():
        categories.bulk_create(categories.model(name=name) for name in NAMES)
