"""M6: amounts are whole centavos in every column, and no money code ever touches a float."""

from __future__ import annotations

import ast
import random
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Sum

import farol
from farol.core import clock, money
from farol.core.fields import MoneyField
from farol.engines.ledger.accounts import open_account
from farol.engines.ledger.models import Entry, Posting

SOURCE = Path(farol.__file__).parent
MONEY_CODE = ("core/money.py", "core/fields.py", "core/pix.py", "core/boleto.py", "engines/ledger", "areas/aftersales")
# instants of the system's clock in seconds, a share, and what a forecast or a mark says of any measure
NOT_AMOUNTS = {
    "jobs_presence.beat_at",
    "tiny_allowance.narrow_until",
    "tiny_allowance.shut_until",
    "payments_monthgoal.largest_share",
    "sources_allowance.next_at",
    "sources_allowance.shut_until",
    "sources_allowance.open_until",
    "sources_loadrun.waited",
    *(f"crm_forecast.{name}" for name in ("value", "low", "high", "actual", "error_pct")),
    "crm_mark.value",
}
CENTAVOS_OF_OTHERS = ["sources.SourceDay.amount"]  # compared with the warehouse, which counts in centavos
INEXACT = ("real", "double", "float", "numeric", "decimal")


def column_types() -> dict[str, str]:
    """Declared type of every column of every table, in lower case."""
    found = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'PRAGMA table_info("{table}")')
                found |= {f"{table}.{row[1]}": str(row[2]).lower() for row in cursor.fetchall()}
        else:
            cursor.execute(
                "SELECT table_name, column_name, data_type FROM information_schema.columns "
                "WHERE table_schema = 'public'"
            )
            found = {f"{table}.{column}": kind.lower() for table, column, kind in cursor.fetchall()}
    return found


def test_no_column_is_inexact(db):
    types = column_types()
    assert types["ledger_entry.amount"] == "bigint"
    assert {name for name, kind in types.items() if any(word in kind for word in INEXACT)} <= NOT_AMOUNTS


def test_every_amount_is_a_money_field():
    names = {"amount", "balance", "held", "cost", "unit_value", "price"}
    columns = [f for m in apps.get_models() if m.__module__.startswith("farol.") for f in m._meta.concrete_fields]
    found = [str(f) for f in columns if f.name in names and not isinstance(f, MoneyField)]
    assert found == CENTAVOS_OF_OTHERS


def money_files() -> list[Path]:
    roots = [SOURCE / name for name in MONEY_CODE]
    files = [file for root in roots for file in (root.rglob("*.py") if root.is_dir() else [root])]
    other = {"tests", "migrations", "deliveries.py"}  # a delivery waits for seconds, which are floats
    return [file for file in files if not other & set(file.parts) and file.exists()]


def floats_in(tree: ast.AST) -> list[int]:
    """Lines with a float, or with a division whose result could become one."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id in ("float", "round"))
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
    ]


def test_money_code_has_no_float():
    files = money_files()
    assert len(files) > 40
    found = {str(file): lines for file in files if (lines := floats_in(ast.parse(file.read_text(encoding="utf-8"))))}
    assert found == {}


@pytest.mark.parametrize("code", ["x = 0.1", "y = float(x)", "z = a / b", "z /= 2", "round(x, 2)"])
def test_a_float_would_be_noticed(code):
    """Control."""
    assert floats_in(ast.parse(code))


def test_twenty_thousand_amounts_add_up_to_the_centavo(db):
    chance = random.Random(7)
    centavos = [chance.randint(1, 10**11) for _one in range(10_000)]
    account = open_account("company:x", "company")
    postings = [Posting(kind="x", day=clock.today(), source="s:1") for _one in centavos]
    Posting.objects.bulk_create(postings, batch_size=2000)
    rows = [
        Entry(posting=posting, account=account, amount=money.from_centavos(sign * value))
        for posting, value in zip(postings, centavos, strict=True)
        for sign in (1, -1)
    ]
    Entry.objects.bulk_create(rows, batch_size=2000)
    assert Entry.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal(0)
    positive = Entry.objects.filter(amount__gt=Decimal(0)).aggregate(sum=Sum("amount"))["sum"]
    assert money.to_centavos(positive) == sum(centavos)
