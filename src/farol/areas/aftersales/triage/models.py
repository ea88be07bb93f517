"""Returned goods, item by item, and the lists that decide their terms."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.triage.flow import FLOW
from farol.core.fields import MoneyField
from farol.engines.workflow.models import Case

STOCK, SCRAP, IN_TRANSIT, TECHNICIAN = "stock", "scrap", "in_transit", "technician"
DISPOSITIONS = [
    (STOCK, _("Stock")),
    (SCRAP, _("Scrap")),
    (IN_TRANSIT, _("In transit")),
    (TECHNICIAN, _("Technician")),
]
DECIDED = (STOCK, SCRAP, IN_TRANSIT)
BOOKED = (STOCK, SCRAP)
CONDITIONS = [
    ("new", _("As new")),
    ("opened", _("Opened, complete")),
    ("used", _("Used")),
    ("incomplete", _("Incomplete")),
    ("damaged", _("Damaged")),
    ("other", _("Another product")),
]


class ReturnReason(models.Model):
    """Why goods come back: the managed list that triage chooses from."""

    name = models.CharField(max_length=80, unique=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ChannelTerm(models.Model):
    """Business days that a channel allows for the triage, where they are not the usual ones."""

    channel = models.CharField(max_length=60, unique=True)
    days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["channel"]
        constraints = [models.CheckConstraint(condition=models.Q(days__gte=1), name="triage_term_days")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.days}"


class DisputeRule(models.Model):
    """A return by this channel for this reason is disputed with the marketplace within `days` business days after its
    receipt. Without a reason: for any.
    """

    channel = models.CharField(max_length=60)
    reason = models.ForeignKey(ReturnReason, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(default=3)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["channel", "reason_id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "reason"], name="triage_dispute_rule_once"),
            models.UniqueConstraint(
                fields=["channel"], condition=models.Q(reason=None), name="triage_dispute_rule_any_once"
            ),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="triage_dispute_days"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} · {self.reason or '*'}"


class Triage(Case):
    """Goods that came back. `order`, `tracking_code` and `marker` are texts, as found on the parcel, by which their
    warranty is looked for. `items` is a digest of the rows in `lines`, `summary` shows them in lists.
    """

    flow = FLOW
    order = models.CharField(max_length=60, blank=True, default="")
    tracking_code = models.CharField(max_length=60, blank=True, default="")
    marker = models.CharField(max_length=12, blank=True, default="")
    customer = models.ForeignKey(
        "customers.Customer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=60, blank=True, default="")
    reason = models.ForeignKey(ReturnReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField()
    notes = models.TextField(blank=True, default="")
    items = models.CharField(max_length=32, blank=True, default="", editable=False)
    summary = models.CharField(max_length=160, blank=True, default="", editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "triages"
        constraints = [FLOW.constraint()]
        indexes = [
            models.Index(fields=["status", "-id"], name="triage_by_status"),
            models.Index(fields=["status", "deadline"], name="triage_by_deadline"),
            models.Index(fields=["deadline", "-id"], name="triage_by_due_date"),
            models.Index(fields=["order"], name="triage_by_order"),
            models.Index(fields=["tracking_code"], name="triage_by_tracking"),
            models.Index(fields=["customer", "-id"], name="triage_by_customer"),
            models.Index(fields=["channel", "-id"], name="triage_by_channel"),
            models.Index(fields=["reason", "-id"], name="triage_by_reason"),
        ]


class TriageItem(models.Model):
    """One product that came back, and where it goes.

    `cost` is what all `quantity` of it are worth if they are scrapped; `decided_in` the version of the triage in which
    its destination was decided (0: not yet), so that effects know which items an action was about.
    """

    triage = models.ForeignKey(Triage, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=60)
    description = models.CharField(max_length=120, blank=True, default="")
    item_version = models.CharField(max_length=40, blank=True, default="")
    quantity = models.PositiveIntegerField(default=1)
    condition = models.CharField(max_length=12, blank=True, default="", choices=CONDITIONS)
    note = models.CharField(max_length=200, blank=True, default="")
    disposition = models.CharField(max_length=12, blank=True, default="", choices=DISPOSITIONS)
    cost = MoneyField(default=Decimal("0.00"))
    cause = models.CharField(max_length=120, blank=True, default="")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_in = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["triage_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["triage", "position"], name="triage_item_position"),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="triage_item_quantity"),
            models.CheckConstraint(condition=models.Q(cost__gte=0), name="triage_item_cost"),
            models.CheckConstraint(
                condition=models.Q(disposition__in=["", STOCK, SCRAP, IN_TRANSIT, TECHNICIAN]),
                name="triage_item_disposition",
            ),
        ]
        indexes = [models.Index(fields=["sku"], name="triage_item_by_sku")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"
