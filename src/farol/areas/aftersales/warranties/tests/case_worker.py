"""A process that opens cases and says what is certainly stored, so that whoever kills it knows what must be there.

case_worker.py CUSTOMER THREADS EACH SEED WAY      WAY: locked, or unlocked (the control)
"""

from __future__ import annotations

import random
import sys
import threading
from contextlib import nullcontext
from decimal import Decimal
from types import SimpleNamespace

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Max  # noqa: E402
from django.db.utils import IntegrityError, OperationalError  # noqa: E402

from farol.areas.aftersales.warranties import markers, services  # noqa: E402
from farol.areas.aftersales.warranties.models import MARKER_PREFIX, Warranty  # noqa: E402
from farol.platform.accounts.principal import OPERATOR  # noqa: E402
from farol.registry.customers.models import Customer  # noqa: E402

ORDERS = ("A", "B", "C", "D", "")
ROLLED_BACK = 0.1


class Undone(Exception):
    """Somebody's transaction ends badly after its marker was taken."""


def read_and_add(kind: str, key: str) -> tuple[str, int]:
    """The control: the highest number there is, plus one, and no lock around it."""
    number = (Warranty.objects.filter(marker_key=key).aggregate(n=Max("marker_number"))["n"] or 0) + 1
    return f"{MARKER_PREFIX[kind]}{number}", number


def take_the_lock_away() -> None:
    services.markers = SimpleNamespace(key_of=markers.key_of, take=read_and_add)
    services.transaction = SimpleNamespace(atomic=nullcontext)


def values_of(customer: Customer, order: str) -> dict:
    return {
        "kind": "warranty", "order": order, "customer": customer, "channel": "", "return_needed": True, "carrier": "",
        "tracking_code": "", "posting_deadline": None, "notes": "", "delivery": {}, "cost": None,
        "items": [{"sku": "ABC-1", "quantity": 1, "unit_value": Decimal("0.00")}],
    }  # fmt: skip


def open_one(customer: Customer, order: str, undo: bool) -> Warranty | None:
    with services.transaction.atomic() if services.transaction is not transaction else transaction.atomic():
        case = services.open_case(OPERATOR, values_of(customer, order))
        if undo and services.transaction is transaction:
            raise Undone
        return case


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def work(customer: Customer, each: int, seed: int) -> None:
    chance = random.Random(seed)
    for _one in range(each):
        order, undo = chance.choice(ORDERS), chance.random() < ROLLED_BACK
        try:
            case = open_one(customer, order, undo)
        except Undone:
            say("undone")
        except (IntegrityError, OperationalError) as error:
            say("twin" if "marker" in str(error) else f"error {error}")
        else:
            say(f"stored {case.number} {case.marker_key} {case.marker_number}")
    connection.close()


def main() -> None:
    customer, threads, each, seed, way = sys.argv[1:]
    if way == "unlocked":
        take_the_lock_away()
    her = Customer.objects.get(number=customer)
    workers = [
        threading.Thread(target=work, args=(her, int(each), int(seed) * 1000 + at)) for at in range(int(threads))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
