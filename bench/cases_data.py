"""Run by `bench/cases.py` in the environment of its installation: makes the million, and measures without a server.

Two hundred cases are opened and walked through the real services; the rest are copies of their rows, made by SQL.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farol.config.settings")
BASE, TRANSITIONS, PLAIN_TIMES = 200, 1000, 5


def build(count: int) -> None:
    from django.db import connection, transaction

    _base()
    with transaction.atomic():
        _multiply(connection, count // BASE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _base() -> None:
    from farol.areas.aftersales.warranties import services
    from farol.engines.workflow import run
    from farol.platform.accounts.principal import SYSTEM
    from farol.registry.customers.services import create as new_customer

    customers = [new_customer(SYSTEM, {"name": f"Cliente Número {n}", "document": ""}) for n in range(50)]
    for n in range(BASE):
        item = {
            "sku": f"SKU-{n % 60}",
            "quantity": 1 + n % 3,
            "defect": "não liga",
            "item_version": "",
            "description": "",
        }
        values = {
            "kind": "warranty" if n % 4 else "exchange",
            "order": f"PED-{n:04d}",
            "customer": customers[n % 50],
            "channel": "Amazon" if n < BASE // 20 else "Mercado Livre",
            "return_needed": True,
            "carrier": "",
            "tracking_code": "",
            "posting_deadline": None,
            "notes": "",
            "items": [item, {**item, "sku": f"PECA-{n % 7}"}, {**item, "sku": f"CABO-{n % 5}"}],
        }
        case = services.open_case(SYSTEM, values)
        if n % 5 in (1, 2, 3):
            run(case, "request_return", SYSTEM, data={"carrier": "Correios"})
        if n % 5 in (2, 3):
            run(case, "register_return", SYSTEM, data={})
        if n % 5 == 4:
            run(case, "cancel", SYSTEM, reason="aberta em duplicidade")


def _multiply(connection: object, times: int) -> None:
    """Copies of every row of the base with keys of their own; all in one statement a table."""
    from farol.areas.aftersales.warranties.models import Warranty, WarrantyItem
    from farol.engines.workflow.models import HistoryEntry

    reference = "CAST(substr(s.record, 12) AS integer)"
    most = {model: model.objects.order_by("-pk")[0].pk for model in (Warranty, WarrantyItem, HistoryEntry)}
    case_id = f"s.id + k * {most[Warranty]}"
    _copy(
        connection,
        Warranty,
        times,
        {
            "id": case_id,
            "number": f"'GT-' || {_padded(connection, case_id)}",
            '"order"': "s.\"order\" || '-' || k",
            "marker_key": "s.marker_key || '-' || k",
        },
    )
    _copy(
        connection,
        WarrantyItem,
        times,
        {"id": f"s.id + k * {most[WarrantyItem]}", "warranty_id": f"s.warranty_id + k * {most[Warranty]}"},
    )
    _copy(
        connection,
        HistoryEntry,
        times,
        {
            "id": f"s.id + k * {most[HistoryEntry]}",
            "record": f"'warranties:' || ({reference} + k * {most[Warranty]})",
        },
        "s.record LIKE 'warranties:%'",
    )


def _padded(connection: object, number: str) -> str:
    if connection.vendor == "postgresql":
        return f"lpad(({number})::text, 9, '0')"
    return f"substr('000000000' || ({number}), -9)"


def _copy(connection: object, model: type, times: int, changed: dict[str, str], where: str = "true") -> None:
    table = model._meta.db_table
    columns = [
        connection.ops.quote_name(f.column) if f.column == "order" else f.column for f in model._meta.concrete_fields
    ]
    values = ", ".join(changed.get(column, f"s.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {times - 1}) "
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} s, n WHERE {where}"
        )
        for statement in connection.ops.sequence_reset_sql(_no_style(), [model]):
            cursor.execute(statement)


def _no_style() -> object:
    from django.core.management.color import no_style

    return no_style()


def plain() -> Iterator[tuple[str, str, str, str, str]]:
    """The list as a plain application makes it: how many there are, then a page by OFFSET; a search with "contains"."""
    from django.db.models import Q

    from farol.areas.aftersales.warranties.models import Warranty

    def page(rows: object) -> None:
        rows.count()
        list(rows.select_related("customer", "owner").order_by("-id")[100_000:100_050])

    def search() -> None:
        found = Warranty.objects.filter(Q(number__icontains="PED-01") | Q(order__icontains="PED-0150-3"))
        found.count()
        list(found.select_related("customer", "owner").order_by("-id")[:50])

    everything, pending = Warranty.objects.all(), Warranty.objects.filter(status="pending")
    for name, action in (
        ("list", lambda: page(everything)),
        ("filtered list", lambda: page(pending)),
        ("search", search),
    ):
        taken = statistics.median(_timed(action) for _ in range(PLAIN_TIMES))
        yield f"{name} with count, OFFSET and “contains”, queries alone", "", f"{1000 * taken:.0f} ms", "", ""


def transitions() -> Iterator[tuple[str, str, str, str, str]]:
    """As many cases through the door, one transaction each, and the same rows by bare SQL, one transaction each."""
    from django.db import connection

    from farol.areas.aftersales.warranties.models import Warranty
    from farol.engines.workflow import run
    from farol.platform.accounts.principal import SYSTEM

    cases = list(Warranty.objects.filter(status="pending").order_by("-id")[: 2 * TRANSITIONS])
    ours = _timed(lambda: [run(c, "request_return", SYSTEM, data={"carrier": "X"}) for c in cases[:TRANSITIONS]])
    bare = _timed(lambda: [_bare(connection, case.pk) for case in cases[TRANSITIONS:]])
    yield (
        f"{TRANSITIONS} transitions through the door, a transaction each",
        f"{TRANSITIONS / ours:.0f}/s",
        f"bare SQL, same rows {TRANSITIONS / bare:.0f}/s",
        f"{ours / bare:.2f} x",
        "≤ 2 x",
    )


def _bare(connection: object, pk: int) -> None:
    """What the door writes: the case by a guarded update, its history, its line in the audit."""
    from django.db import transaction

    from farol.core import clock

    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT status, version FROM warranties_warranty WHERE id = %s", [pk])
        status, version = cursor.fetchone()
        cursor.execute(
            "UPDATE warranties_warranty SET status = 'awaiting_return', version = %s, changed_at = %s, carrier = 'X', "
            "return_requested_on = %s, posting_deadline = %s, deadline = %s "
            "WHERE id = %s AND status = %s AND version = %s",
            [version + 1, now, now.date(), now.date(), now.date(), pk, status, version],
        )
        cursor.execute(
            "INSERT INTO workflow_historyentry (record, at, actor, action, from_state, to_state, reason, data) "
            "VALUES (%s, %s, 'system', 'request_return', %s, 'awaiting_return', '', '{}')",
            [f"warranties:{pk}", now, status],
        )
        cursor.execute(
            "INSERT INTO audit_entry (at, actor, code, target, params, request_id, digest) "
            "VALUES (%s, 'system', 'warranties.request_return', %s, '{}', '', '')",
            [now, f"warranties:{pk}"],
        )


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> None:
    import django

    django.setup()
    what = sys.argv[1]
    if what.isdecimal():
        build(int(what))
    else:
        print(json.dumps(list({"plain": plain, "transitions": transitions}[what]())))


if __name__ == "__main__":
    main()
