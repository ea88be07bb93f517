"""Bills: of carriers, technicians and suppliers, by PIX and by slip, some of them wrong at first."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from farol.areas.aftersales.payables.models import Payable
from farol.core import boleto, clock
from farol.demo.aftersales import cast
from farol.demo.aftersales.company import Company
from farol.demo.aftersales.play import Story
from farol.engines.workflow import comment, run
from farol.engines.workflow.models import Case
from farol.platform import calendar
from farol.platform.accounts.principal import Principal

BANKS = ("001", "104", "237", "341", "748", "756")
BACK = ("O valor não bate com a nota", "Falta anexar a nota fiscal", "Categoria errada")
REASONS = ("Lançada em duplicidade", "O fornecedor cancelou a nota", "Já paga por outro setor")
CAUSES = ("Placa queimada no teste", "Carcaça trincada", "Oxidação")


def bill(company: Company, case: Case | None = None) -> Story:
    """One bill, from entering it to its payment."""
    stage, rng, worker = company.stage, company.rng, company.worker()
    payable = company.open("payables", worker, **_values(company, case))
    yield stage.later(days=rng.choice((0, 0, 1)))
    if stage.chance(0.05):
        run(_now(payable), "cancel", company.who("cs_admin"), reason=rng.choice(REASONS))
        return
    if stage.recent and stage.chance(0.1):
        return  # nobody generated it
    yield from _generated(company, payable, worker)
    yield from _verified(company, payable, worker)
    yield _before(company, payable)
    _pay(company, _now(payable))


def _values(company: Company, case: Case | None) -> dict[str, Any]:
    stage, rng = company.stage, company.rng
    person = stage.chance(0.25)
    payee = _customer(company) if person else cast.company(rng)
    amount = Decimal(rng.randint(4500, 290000)) / 100
    due = calendar.default().add_business_days(clock.today(), rng.randint(4, 16))
    category = "Reembolso a clientes" if person else rng.choice(("Fretes", "Assistência técnica", "Peças e materiais"))
    data: dict[str, Any] = {"beneficiary": payee["name"], "document": payee["document"], "category": category}
    data |= {"invoice": f"NF {rng.randint(1200, 9900)}"} if not person else {}
    data |= {"case": case.number} if case else {}
    if not person and stage.chance(0.5):
        free = "".join(str(rng.randint(0, 9)) for _ in range(25))
        barcode = boleto.bank_barcode(rng.choice(BANKS), due, amount, free)
        data |= {"method": "boleto", "boleto_line": boleto.line_of(barcode)}
    else:
        key, kind = rng.choice([(payee["document"], "cpf" if person else "cnpj"), (payee["email"], "email")])
        shown = f"{amount:.2f}".replace(".", ",")
        data |= {"method": "pix", "pix_key": key, "pix_kind": kind, "amount": shown, "due_on": due.isoformat()}
    if case is None and stage.chance(0.12):
        item = rng.choice(company.items)
        data |= {"scrap": True, "scrap_sku": item.sku, "scrap_version": item.versions[-1], "scrap_quantity": "1"}
        data |= {"scrap_cause": rng.choice(CAUSES)}
    return data


def _customer(company: Company) -> dict[str, Any]:
    """Somebody who gets money back."""
    customer = next(one for one in iter(company.customer, None) if one.kind == "person")
    return {"name": customer.name, "document": customer.document, "email": customer.email}


def _generated(company: Company, payable: Payable, worker: Principal) -> Story:
    run(_now(payable), "generate", worker)
    yield company.stage.later(minutes=2)
    company.deliver("tiny.payable")


def _verified(company: Company, payable: Payable, worker: Principal) -> Story:
    stage, rng, verifier = company.stage, company.rng, company.who("verifier")
    yield stage.later(days=rng.choice((0, 1, 1, 2)))
    if stage.chance(0.12):
        run(_now(payable), "send_back", verifier, reason=rng.choice(BACK))
        yield stage.later(days=rng.choice((0, 1)))
        comment(_now(payable), worker, "Conferido com o fornecedor e corrigido.")
        company.change("payables", _now(payable), worker, invoice=f"NF {rng.randint(1200, 9900)}-A")
        yield from _generated(company, payable, worker)
        yield stage.later(days=1)
    run(_now(payable), "verify", verifier)


def _before(company: Company, payable: Payable) -> dt.datetime:
    """Finance pays on the last business day before the due date or on it; now and then too late."""
    rng, place = company.rng, calendar.default()
    day = max(payable.due_on - dt.timedelta(days=rng.choice((0, 0, 1, 1, 2))), clock.today() + dt.timedelta(days=1))
    if company.stage.chance(0.08):
        day = payable.due_on + dt.timedelta(days=rng.randint(2, 6))
    while not place.is_business_day(day):
        day += dt.timedelta(days=1)
    return company.stage.during(day)


def _pay(company: Company, payable: Payable) -> None:
    late = payable.due_on < clock.today()
    data: dict[str, Any] = {}
    if company.stage.chance(0.2):
        data["proof"] = cast.picture(company.rng, "comprovante.png")
    if late and payable.method == "boleto":
        data["paid_amount"] = (payable.amount * Decimal("1.02")).quantize(Decimal("0.01"))
    run(payable, "pay", company.who("finance"), data=data)


def _now(payable: Payable) -> Payable:
    return Payable.objects.select_related("category").get(pk=payable.pk)
