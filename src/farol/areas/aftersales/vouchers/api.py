"""`GET /api/v1/customers/{number}/balance`: what a customer may still spend."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from farol.areas.aftersales.vouchers.standing import standing
from farol.areas.aftersales.vouchers.statement import totals, valid_vouchers
from farol.engines.workflow.module import get_module
from farol.platform.accounts.access import requires
from farol.platform.accounts.principal import asker_of

router = Router(tags=["vouchers"])
ROUTERS = [("/customers", router)]


@router.get("/{number}/balance", summary="Store credit of a customer", operation_id="vouchers_balance_of_customer")
@requires("vouchers.request")
def balance(request: HttpRequest, number: str) -> dict[str, Any]:
    """Over the vouchers that are valid today; amounts in reais."""
    principal = asker_of(request)
    principal.require("customers.view")
    customer = get_module("customers").get(number, principal)
    vouchers = [
        {
            "number": voucher.number,
            "status": standing(voucher).name,
            "balance": str(voucher.account.balance),
            "available": str(voucher.account.available),
            "expires_on": voucher.expires_on.isoformat(),
        }
        for voucher in valid_vouchers(customer)
    ]
    return {"customer": customer.number, **{n: f"{v:.2f}" for n, v in totals(customer).items()}, "vouchers": vouchers}
