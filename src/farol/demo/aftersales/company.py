"""The company of the demo: people with their rights, what it sells, its customers, its way to the made-up ERP."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings

from farol.areas.aftersales.triage.models import DisputeRule, ReturnReason
from farol.connectors.tiny.simulator import Simulator
from farol.core import clock
from farol.demo import people
from farol.demo.aftersales import cast
from farol.demo.aftersales.play import Stage
from farol.engines.workflow.models import Case
from farol.engines.workflow.module import get_module
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import Principal, principal_of
from farol.platform.outbox.channels import channels
from farol.platform.outbox.delivery import deliver_next
from farol.registry.customers.models import Customer, CustomerOrder

CUSTOMERS = 400
CHANNELS = ("Mercado Livre", "Shopee", "Amazon", "Loja virtual", "Magalu", "Revenda")
REASONS = ("Defeito", "Arrependimento", "Produto errado", "Avaria no transporte", "Incompleto", "Anúncio divergente")
DISPUTED = (("Mercado Livre", "Avaria no transporte", 3), ("Shopee", "Arrependimento", 2), ("Amazon", "Incompleto", 2))
LINES = {
    "Módulo de vidro": ("MOD", 18900, 3),
    "Central de alarme": ("CEN", 24900, 2),
    "Sensor de estacionamento": ("SEN", 15900, 2),
    "Câmera de ré": ("CAM", 12900, 3),
    "Farol auxiliar": ("FAR", 21900, 2),
    "Bomba de combustível": ("BOM", 32900, 2),
    "Chicote elétrico": ("CHI", 8900, 1),
    "Controlador de LED": ("LED", 11900, 2),
    "Rastreador": ("RAS", 27900, 3),
    "Multimídia": ("MUL", 89900, 4),
}
MODELS = ("Compacto", "Plus", "Pro", "Max", "Universal", "Série Ouro")


@dataclass(frozen=True)
class Item:
    """A product as a case names it. `price` in reais."""

    sku: str
    name: str
    price: Decimal
    versions: tuple[str, ...]


@dataclass
class Company:
    """What the stories act with."""

    stage: Stage
    simulator: Simulator
    by_role: dict[str, Principal]
    items: list[Item] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    orders: dict[int, list[CustomerOrder]] = field(default_factory=dict)

    @property
    def rng(self) -> random.Random:
        return self.stage.rng

    def who(self, role: str) -> Principal:
        return self.by_role[role]

    def worker(self) -> Principal:
        """Who opens and works cases: mostly the analyst."""
        return self.who("cs_analyst" if self.stage.chance(0.78) else "cs_admin")

    def customer(self) -> Customer:
        return self.rng.choice(self.customers)

    def open(self, module: str, principal: Principal, **data: Any) -> Any:
        """A new record through the form that people fill in; `ValueError` where the form refuses."""
        kind = get_module(module)
        form = kind.form(data, principal=principal)  # type: ignore[misc]
        if not form.is_valid():
            raise ValueError(f"{module}: {form.problems()}")
        return kind.create(principal, form.values)  # type: ignore[misc]

    def change(self, module: str, record: Case, principal: Principal, **changes: Any) -> None:
        kind = get_module(module)
        initial = kind.initial(record) if kind.initial else {}
        data = {name: value for name, value in {**initial, **changes}.items() if value is not None}
        form = kind.form(data, principal=principal, record=record)  # type: ignore[misc]
        if not form.is_valid():
            raise ValueError(f"{module}: {form.problems()}")
        kind.change(record, principal, form.values, record.version)  # type: ignore[misc]

    def deliver(self, channel: str) -> None:
        """What the worker does within seconds: the next message goes to the ERP."""
        deliver_next(channels()[channel], "demo")


@contextmanager
def made_up_erp(seed: int) -> Iterator[Simulator]:
    """The demo's orders go to the made-up Tiny, whatever the settings say; `farol up` goes on with the same journal."""
    before = settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN
    journal = settings.FAROL_HOME / "simulators" / "tiny.jsonl"
    with Simulator(journal, seed=seed, per_minute=600) as simulator:
        settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = simulator.url, simulator.token
        try:
            yield simulator
        finally:
            settings.FAROL_TINY_URL, settings.FAROL_TINY_TOKEN = before


def found(stage: Stage, simulator: Simulator) -> Company:
    """The company on its first day: people, products, customers and what they bought."""
    people.create(stage.seed)
    users = {user.email: user for user in User.objects.filter(email__in=[p[0] for p in people.PEOPLE.values()])}
    by_role = {role: principal_of(users[email]) for role, (email, _name) in people.PEOPLE.items()}
    company = Company(stage, simulator, by_role)
    _agree_on_rules(company)
    _stock_shelves(company)
    _win_customers(company)
    return company


def _agree_on_rules(company: Company) -> None:
    """Why goods come back, and what is disputed with which marketplace."""
    for name in REASONS:
        ReturnReason.objects.get_or_create(name=name)
    for channel, name, days in DISPUTED:
        reason = ReturnReason.objects.get(name=name)
        DisputeRule.objects.get_or_create(channel=channel, reason=reason, defaults={"days": days})
    company.reasons = list(ReturnReason.objects.filter(active=True).order_by("pk").values_list("name", flat=True))


def _stock_shelves(company: Company) -> None:
    for line, (code, price, versions) in LINES.items():
        for place, model in enumerate(MODELS, 1):
            names = tuple(f"V{number}" for number in range(1, versions + 1))
            item = Item(f"{code}-{place:02d}0", f"{line} {model}", Decimal(price + 2000 * place) / 100, names)
            company.open(
                "products",
                company.who("cs_admin"),
                sku=item.sku,
                name=item.name,
                unit="UN",
                cost=f"{item.price * Decimal('0.55'):.2f}".replace(".", ","),
                versions=", ".join(names),
            )
            company.items.append(item)


def _win_customers(company: Company) -> None:
    rng, known = company.rng, set()
    while len(company.customers) < CUSTOMERS:
        values = cast.company(rng) if rng.random() < 0.28 else cast.person(rng)
        if values["document"] in known:
            continue
        known.add(values["document"])
        values["phone"] = values.pop("phones")[0]
        company.customers.append(company.open("customers", company.worker(), **values))
    _sell(company)


def _sell(company: Company) -> None:
    """Past orders, as the ERP would have told them."""
    rng, today = company.rng, clock.local(company.stage.until).date()
    number, rows = 41_200, []
    for customer in company.customers:
        for _order in range(rng.choice((1, 1, 1, 2, 2, 3))):
            number += rng.randint(1, 9)
            bought = [(item, rng.choice((1, 1, 2))) for item in rng.sample(company.items, rng.choice((1, 1, 2)))]
            row = CustomerOrder(
                customer=customer,
                order=str(number),
                day=today - dt.timedelta(days=rng.randint(20, 330)),
                channel=rng.choice(CHANNELS),
                total=sum((item.price * count for item, count in bought), Decimal(0)),
                items=[
                    {"sku": i.sku, "description": i.name, "quantity": count, "unit_value": str(i.price)}
                    for i, count in bought
                ],
            )
            rows.append(row)
            company.orders.setdefault(customer.pk, []).append(row)
    CustomerOrder.objects.bulk_create(rows)
