"""Store credit and the requests to use it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from farol.areas.aftersales.vouchers.flow import REDEMPTIONS, VOUCHERS
from farol.core.fields import MoneyField
from farol.engines.ledger.models import Account, Hold
from farol.engines.workflow.models import Case


class Voucher(Case):
    """What a customer may still spend is the balance of `account`, never a column of this table.

    `amount` is what it was issued for, `expires_on` the last day on which it is valid, `origin` the case that it was
    given for (`warranties:17`) or empty. `code` is what the customer is told.
    """

    flow = VOUCHERS
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20, unique=True, editable=False)
    amount = MoneyField()
    issued_on = models.DateField()
    expires_on = models.DateField()
    reason = models.CharField(max_length=500)
    origin = models.CharField(max_length=80, blank=True, default="")
    account = models.OneToOneField(Account, editable=False, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            VOUCHERS.constraint(),
            models.CheckConstraint(condition=models.Q(amount__gt=Decimal(0)), name="vouchers_amount"),
            models.CheckConstraint(
                condition=models.Q(expires_on__gte=models.F("issued_on")), name="vouchers_expiry_after_issue"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "expires_on"], name="vouchers_by_expiry"),
            models.Index(fields=["customer", "-id"], name="vouchers_by_customer"),
            models.Index(fields=["origin"], condition=~models.Q(origin=""), name="vouchers_by_origin"),
        ]


class Redemption(Case):
    """Somebody wants to use a part of a voucher for an order; `hold` keeps the amount until that is decided."""

    flow = REDEMPTIONS
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    amount = MoneyField()
    order = models.CharField(max_length=60)
    hold = models.OneToOneField(Hold, editable=False, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            REDEMPTIONS.constraint(),
            models.CheckConstraint(condition=models.Q(amount__gt=Decimal(0)), name="redemptions_amount"),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="redemptions_by_status"),
            models.Index(fields=["created_by", "-id"], name="redemptions_by_person"),
            models.Index(fields=["order"], name="redemptions_by_order"),
        ]
