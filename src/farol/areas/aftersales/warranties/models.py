"""Warranties and exchanges, with the items that the customer gets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.warranties.flow import FLOW
from farol.core.fields import MoneyField
from farol.engines.workflow.models import Case

WARRANTY, EXCHANGE = "warranty", "exchange"
KINDS = [(WARRANTY, _("Warranty")), (EXCHANGE, _("Exchange"))]
MARKER_PREFIX = {WARRANTY: "GR", EXCHANGE: "TR"}


class Warranty(Case):
    """One case. `order` is the original one.

    `marker` (GR1, TR2) is running number `marker_number` of `marker_key` and never changes. `delivery` is the other
    delivery address as encrypted JSON, empty where the customer's own counts. `items` is a digest of the rows in
    `lines`, so that a change of them is a change of the case; `summary` shows them in lists. `erp_key` is the key of
    the ERP order last asked for, `erp_id` and `erp_number` the order itself once it exists and while it counts.
    """

    flow = FLOW
    kind = models.CharField(max_length=10, choices=KINDS)
    order = models.CharField(max_length=60, blank=True, default="")
    channel = models.CharField(max_length=60, blank=True, default="")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    marker = models.CharField(max_length=12, editable=False)
    marker_key = models.CharField(max_length=160, editable=False)
    marker_number = models.PositiveIntegerField(editable=False)
    delivery = models.BinaryField(blank=True, default=b"")
    items = models.CharField(max_length=32, blank=True, default="", editable=False)
    summary = models.CharField(max_length=160, blank=True, default="", editable=False)
    return_needed = models.BooleanField(default=True)
    return_requested_on = models.DateField(null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True, default="")
    tracking_code = models.CharField(max_length=60, blank=True, default="")
    posting_deadline = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True, default="")
    erp_attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    erp_key = models.CharField(max_length=40, blank=True, default="", editable=False)
    erp_id = models.CharField(max_length=20, blank=True, default="", editable=False)
    erp_number = models.CharField(max_length=20, blank=True, default="", editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "warranties"
        constraints = [
            FLOW.constraint(),
            models.UniqueConstraint(fields=["marker_key", "marker_number"], name="warranties_marker_once"),
            models.CheckConstraint(condition=models.Q(kind__in=[WARRANTY, EXCHANGE]), name="warranties_kind"),
            models.CheckConstraint(condition=models.Q(marker_number__gte=1), name="warranties_marker_from_one"),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="warranties_by_status"),
            models.Index(fields=["status", "deadline"], name="warranties_by_deadline"),
            models.Index(fields=["deadline", "-id"], name="warranties_by_due_date"),
            models.Index(fields=["order"], name="warranties_by_order"),
            models.Index(fields=["tracking_code"], name="warranties_by_tracking"),
            models.Index(fields=["marker", "-id"], name="warranties_by_marker"),
            models.Index(fields=["customer", "-id"], name="warranties_by_customer"),
            models.Index(fields=["channel", "-id"], name="warranties_by_channel"),
            models.Index(fields=["erp_number"], name="warranties_by_erp_number"),
            models.Index(fields=["erp_key"], name="warranties_by_erp_key"),
        ]

    @property
    def delivery_address(self) -> dict[str, Any]:
        """The other delivery address in clear; empty without one."""
        return json.loads(settings.KEYRING.decrypt(bytes(self.delivery))) if self.delivery else {}


class WarrantyItem(models.Model):
    """One product of a case: what is wrong with it, and at which value its replacement goes out (mostly zero)."""

    warranty = models.ForeignKey(Warranty, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=60)
    description = models.CharField(max_length=120, blank=True, default="")
    item_version = models.CharField(max_length=40, blank=True, default="")
    quantity = models.PositiveIntegerField(default=1)
    unit_value = MoneyField(default=Decimal("0.00"))
    defect = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["warranty_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["warranty", "position"], name="warranty_item_position"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="warranty_item_quantity"),
            models.CheckConstraint(condition=models.Q(unit_value__gte=0), name="warranty_item_value"),
        ]
        indexes = [models.Index(fields=["sku"], name="warranty_item_by_sku")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
