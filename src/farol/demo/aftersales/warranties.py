"""Warranties and exchanges from the complaint to the verification, with the goods that come back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from farol.areas.aftersales.triage.models import Triage
from farol.areas.aftersales.warranties.models import Warranty
from farol.demo.aftersales import cast, payables, vouchers
from farol.demo.aftersales.company import Company
from farol.demo.aftersales.play import Story
from farol.engines.workflow import comment, run
from farol.platform.accounts.principal import Principal
from farol.platform.attachments import attach

DEFECTS = ("Não liga", "Chegou avariado", "Produto errado", "Falta peça", "Parou de funcionar", "Ruído", "Mau contato")
REASONS = ("Cliente desistiu", "Aberta em duplicidade", "Fora do prazo de garantia", "Problema resolvido pelo suporte")
BACK = ("Quantidade diferente da nota", "Falta o endereço de entrega", "Conferir a versão do produto")
REMARKS = (
    "Cliente enviou vídeo do defeito.",
    "Combinado por telefone: prefere receber no trabalho.",
    "Transportadora confirmou a coleta.",
    "Cliente pediu prioridade, usa o veículo para trabalhar.",
    "Nota fiscal conferida.",
)
CARRIERS = ("Correios", "Jadlog", "Loggi", "Total Express")


def case(company: Company) -> Story:
    """One case, from the day it is opened."""
    stage, rng, worker = company.stage, company.rng, company.worker()
    warranty, returning = opened(company, worker)
    if stage.chance(0.3):
        yield stage.later(minutes=rng.randint(5, 40))
        comment(warranty, worker, rng.choice(REMARKS))
    yield stage.later(days=rng.choice((0, 0, 1)))
    if stage.chance(0.07):
        yield stage.later(days=rng.randint(1, 4))
        run(_now(warranty), "cancel", company.who("cs_admin"), reason=rng.choice(REASONS))
        return
    if stage.recent and stage.chance(0.12):
        return  # left lying: somebody has to notice
    if returning:
        yield from _ask_for_return(company, warranty, worker)
    yield from _generated(company, warranty, worker)
    yield from _verified(company, warranty, worker)


def opened(company: Company, worker: Principal, **known: Any) -> tuple[Warranty, bool]:
    """A case of some customer's past order, and whether the goods come back; `known` is what the form says besides."""
    stage, rng = company.stage, company.rng
    customer = company.customer()
    order = rng.choice(company.orders[customer.pk])
    kind = "exchange" if stage.chance(0.35) else "warranty"
    returning = stage.chance(0.72)
    data: dict[str, Any] = {
        "kind": kind,
        "customer": customer.number,
        "order": order.order,
        "channel": order.channel,
        "return_needed": returning,
        "items": [_item(company, row, kind) for row in order.items],
    }
    if stage.chance(0.15):
        data["notes"] = rng.choice(REMARKS)
    return company.open("warranties", worker, **{**data, **known}), returning


def _item(company: Company, row: dict[str, Any], kind: str) -> dict[str, Any]:
    item = next(item for item in company.items if item.sku == row["sku"])
    return {
        "sku": item.sku,
        "description": item.name,
        "item_version": company.rng.choice(item.versions),
        "quantity": row["quantity"],
        "unit_value": row["unit_value"].replace(".", ",") if kind == "exchange" else "0,00",
        "defect": company.rng.choice(DEFECTS),
    }


def _ask_for_return(company: Company, warranty: Warranty, worker: Principal) -> Story:
    stage, rng = company.stage, company.rng
    code = f"{rng.choice('ABOQ')}{rng.choice('BRLD')}{rng.randint(10**8, 10**9 - 1)}BR"
    run(_now(warranty), "request_return", worker, data={"carrier": rng.choice(CARRIERS), "tracking_code": code})
    if stage.chance(0.6):
        _cost(company, warranty, worker, "freight", Decimal(rng.randint(1890, 6900)) / 100, "Frete da devolução")
    if stage.chance(0.88):
        stage.add(stage.later(days=rng.randint(3, 11)), triage(company, _now(warranty)))
    yield stage.later(days=rng.choice((0, 1, 2, 4, 6)))


def _generated(company: Company, warranty: Warranty, worker: Principal) -> Story:
    run(_now(warranty), "generate", worker)
    yield company.stage.later(minutes=2)
    company.deliver("tiny.order")


def _verified(company: Company, warranty: Warranty, worker: Principal) -> Story:
    stage, rng, verifier = company.stage, company.rng, company.who("verifier")
    yield stage.later(days=rng.choice((0, 1, 1, 2, 3)))
    if stage.chance(0.1):
        run(_now(warranty), "send_back", verifier, reason=rng.choice(BACK))
        yield stage.later(minutes=3)
        company.deliver("tiny.order_cancel")
        yield stage.later(days=rng.choice((0, 1)))
        company.change("warranties", _now(warranty), worker, notes="Corrigido depois da conferência.")
        yield from _generated(company, warranty, worker)
        yield stage.later(days=1)
    if _now(warranty).status != "generated":
        return
    run(_now(warranty), "verify", verifier)
    _spawn(company, _now(warranty), worker)


def _spawn(company: Company, warranty: Warranty, worker: Principal) -> None:
    """What a case may lead to: a part that was bought, a bill, a credit for the trouble."""
    stage, rng = company.stage, company.rng
    if stage.chance(0.45):
        _cost(company, warranty, worker, "part", Decimal(rng.randint(3500, 38000)) / 100, "Peça enviada")
    if stage.chance(0.2):
        stage.spawn(payables.bill(company, warranty))
    if stage.chance(0.16):
        stage.spawn(vouchers.credit(company, warranty.customer, warranty))


def _cost(company: Company, warranty: Warranty, worker: Principal, category: str, amount: Decimal, memo: str) -> None:
    run(_now(warranty), "add_cost", worker, data={"category": category, "amount": amount, "memo": memo})


def _now(warranty: Warranty) -> Warranty:
    """As it is by now: others have worked on it meanwhile."""
    return Warranty.objects.select_related("customer").get(pk=warranty.pk)


# ── what comes back


def triage(company: Company, warranty: Warranty | None = None) -> Story:
    """Goods arrive, mostly with the marker of their case on the parcel; each item gets its destination."""
    stage, rng, worker = company.stage, company.rng, company.worker()
    if warranty is not None and _now(warranty).status == "cancelled":
        return
    made = company.open("triage", worker, **_parcel(company, warranty))
    if stage.chance(0.15):
        attach(made.reference, cast.picture(rng, "pacote.png"), worker, kind="photo")
    yield stage.later(days=rng.choice((0, 1, 1, 2)))
    run(made, "start", worker)
    for line in Triage.objects.get(pk=made.pk).lines.order_by("position"):
        yield stage.later(days=rng.choice((0, 0, 1, 2)))
        decision = _destination(company)
        run(Triage.objects.get(pk=made.pk), "dispose", worker, data={"item": line.position, **decision})
        if decision["disposition"] == "technician":
            if stage.recent and stage.chance(0.6):
                return  # still on the bench
            yield stage.later(days=rng.randint(2, 5))
            back = {"item": line.position, "disposition": "stock"}
            run(Triage.objects.get(pk=made.pk), "dispose", worker, data=back)
    yield stage.later(minutes=20)
    run(Triage.objects.get(pk=made.pk), "conclude", worker)


def _parcel(company: Company, warranty: Warranty | None) -> dict[str, Any]:
    rng = company.rng
    reason = rng.choice(company.reasons)
    if warranty is None:
        customer = company.customer()
        order = rng.choice(company.orders[customer.pk])
        signs = {"order": order.order, "channel": order.channel}
        items = [{"sku": row["sku"], "description": row["description"], "quantity": 1} for row in order.items[:1]]
    else:
        signs = {"order": warranty.order, "channel": warranty.channel, "marker": warranty.marker}
        signs |= {"tracking_code": warranty.tracking_code}
        lines = list(warranty.lines.all())
        items = [
            {"sku": n.sku, "description": n.description, "item_version": n.item_version, "quantity": n.quantity}
            for n in lines
        ]
    for item in items:
        item["condition"] = rng.choice(("opened", "used", "used", "damaged", "new"))
    return {**signs, "reason": reason, "items": items}


def _destination(company: Company) -> dict[str, Any]:
    kind = company.rng.choices(("stock", "scrap", "technician", "in_transit"), (50, 26, 18, 6))[0]
    if kind != "scrap":
        return {"disposition": kind}
    cost = Decimal(company.rng.randint(2500, 42000)) / 100
    cause = company.rng.choice(("Danificado sem conserto", "Defeito de fabricação", "Mau uso", "Avaria no transporte"))
    return {"disposition": kind, "cost": cost, "cause": cause}
