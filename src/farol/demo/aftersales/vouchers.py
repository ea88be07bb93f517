"""Store credit: issued for trouble, used for new orders, sometimes forgotten until it expires."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from farol.areas.aftersales.vouchers.models import Redemption, Voucher
from farol.core import clock, money
from farol.core.errors import Refused
from farol.demo.aftersales.company import Company
from farol.demo.aftersales.play import Story
from farol.engines.workflow import run
from farol.engines.workflow.models import Case
from farol.registry.customers.models import Customer

REASONS = ("Atraso na troca", "Cortesia pela demora", "Diferença de preço na troca", "Produto fora de linha")
REFUSALS = ("O pedido ainda não foi faturado", "O valor passa do combinado", "Falta o número do pedido")


def credit(company: Company, customer: Customer, case: Case | None = None) -> Story:
    """One voucher, and perhaps the uses of it."""
    stage, rng = company.stage, company.rng
    amount = Decimal(rng.choice((5000, 8000, 10000, 15000, 20000, 35000, 50000))) / 100
    days = rng.choice((20, 30, 60, 90, 180))
    voucher = company.open(
        "vouchers",
        company.who("cs_admin" if stage.chance(0.6) else "finance"),
        customer=customer.number,
        amount=f"{amount:.2f}".replace(".", ","),
        expires_on=(clock.today() + dt.timedelta(days=days)).isoformat(),
        reason=rng.choice(REASONS),
        origin=case.number if case else "",
    )
    if stage.chance(0.07):
        yield stage.later(days=rng.randint(1, 5))
        run(_now(voucher), "cancel", company.who("cs_admin"), reason="Emitido para o cliente errado")
        return
    for _use in range(rng.choice((0, 1, 1, 1, 2))):
        yield stage.later(days=rng.randint(1, 14))
        yield from _use_of(company, voucher)


def asked(company: Company) -> Story:
    """A use of one that is open already."""
    open_ones = Voucher.objects.filter(status="open", expires_on__gt=clock.today(), account__held=0).order_by("pk")
    usable = list(open_ones.filter(account__balance__gt=0))
    if usable:
        yield from _use_of(company, company.rng.choice(usable))


def _use_of(company: Company, voucher: Voucher) -> Story:
    """The seller asks, finance decides; whoever comes too late gets nothing."""
    stage, rng = company.stage, company.rng
    now = _now(voucher)
    whole: Decimal = now.amount
    wanted = min(now.account.available, rng.choice((whole, money.quantize(whole / 2))))
    if now.status != "open" or now.expires_on < clock.today() or wanted <= 0:
        return
    seller = company.who("seller" if stage.chance(0.8) else "cs_analyst")
    shown = f"{wanted:.2f}".replace(".", ",")
    order = str(rng.randint(52_000, 58_000))
    use = company.open("redemptions", seller, voucher=voucher.number, amount=shown, order=order)
    yield stage.later(days=rng.choice((1, 1, 2, 2)))
    finance, refused = company.who("finance"), stage.chance(0.13)
    try:
        run(_asked(use), "refuse" if refused else "approve", finance, reason=rng.choice(REFUSALS) if refused else "")
    except Refused:
        return  # it has expired meanwhile
    if not refused and stage.chance(0.05):
        yield stage.later(days=2)
        if _now(voucher).status == "open" and _now(voucher).expires_on >= clock.today():
            run(_asked(use), "reverse", finance, reason="O cliente cancelou o pedido")


def _now(voucher: Voucher) -> Voucher:
    return Voucher.objects.select_related("account").get(pk=voucher.pk)


def _asked(use: Redemption) -> Redemption:
    return Redemption.objects.select_related("voucher__account", "hold").get(pk=use.pk)
