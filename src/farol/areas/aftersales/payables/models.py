"""Payables: whom to pay what, by when and how."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.payables.flow import FLOW, PAID
from farol.core import boleto, documents, names, pix
from farol.core.fields import MoneyField
from farol.engines.workflow.models import Case

PIX, BOLETO = "pix", "boleto"
METHODS = [(PIX, _("PIX")), (BOLETO, _("Payment slip"))]


class Category(models.Model):
    """What the money is for. The ERP must know it by the same name."""

    name = models.CharField(max_length=60, unique=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Payable(Case):
    """One bill. `due_on` is its deadline.

    `customer` is the beneficiary where that is a customer, known by the document. `details` holds document and PIX
    key of the beneficiary as encrypted JSON; `document_hash` and `name_key` find the same beneficiary again. `barcode`
    is the payment slip's. `case_ref` is the record that the cost counts for (`warranties:17`). `erp_key` is the key of
    the ERP's payable last asked for, `erp_id` that payable once it exists and `erp_digest` what it says; `erp_left`
    are ids of payables in the ERP that a person has to cancel there.
    """

    flow = FLOW
    beneficiary = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, editable=False)
    customer = models.ForeignKey(
        "customers.Customer", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    details = models.BinaryField(editable=False)
    document_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    invoice = models.CharField(max_length=30, blank=True, default="")
    amount = MoneyField()
    due_on = models.DateField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=10, choices=METHODS)
    pix_kind = models.CharField(max_length=10, blank=True, default="")
    barcode = models.CharField(max_length=44, blank=True, default="")
    case_ref = models.CharField(max_length=80, blank=True, default="")
    scrap = models.BooleanField(default=False)
    scrap_sku = models.CharField(max_length=60, blank=True, default="")
    scrap_version = models.CharField(max_length=60, blank=True, default="")
    scrap_quantity = models.PositiveIntegerField(null=True, blank=True)
    scrap_cause = models.CharField(max_length=200, blank=True, default="")
    scrap_responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    notes = models.TextField(blank=True, default="")
    paid_on = models.DateField(null=True, blank=True)
    paid_amount = MoneyField(null=True, blank=True)
    erp_attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    erp_key = models.CharField(max_length=40, blank=True, default="", editable=False)
    erp_id = models.CharField(max_length=20, blank=True, default="", editable=False)
    erp_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    erp_left = models.JSONField(default=list, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            FLOW.constraint(),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payables_amount"),
            models.CheckConstraint(condition=Q(method__in=[PIX, BOLETO]), name="payables_method"),
            models.CheckConstraint(condition=Q(method=PIX) | ~Q(barcode=""), name="payables_slip_has_barcode"),
            models.CheckConstraint(
                condition=Q(status=PAID, paid_on__isnull=False, paid_amount__gt=0)
                | (~Q(status=PAID) & Q(paid_on=None, paid_amount=None)),
                name="payables_paid",
            ),
            models.CheckConstraint(condition=Q(scrap=False) | Q(scrap_quantity__gte=1), name="payables_scrap"),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="payables_by_status"),
            models.Index(fields=["status", "due_on"], name="payables_by_due_day"),
            models.Index(fields=["status", "deadline"], name="payables_by_deadline"),
            models.Index(fields=["deadline", "-id"], name="payables_by_due_date"),
            models.Index(fields=["due_on", "amount"], name="payables_twins"),
            models.Index(fields=["barcode"], condition=~Q(barcode=""), name="payables_by_barcode"),
            models.Index(fields=["case_ref"], condition=~Q(case_ref=""), name="payables_by_case"),
            models.Index(fields=["category", "-id"], name="payables_by_category"),
            models.Index(fields=["erp_key"], name="payables_by_erp_key"),
        ]

    @property
    def payment(self) -> Decimal:
        """What was paid, in reais; `ValueError` before it was."""
        if self.paid_amount is None:
            raise ValueError(f"{self.number} is not paid")
        return self.paid_amount

    @property
    def opened(self) -> dict[str, Any]:
        """`document` and `pix_key` of the beneficiary in clear."""
        return json.loads(settings.KEYRING.decrypt(bytes(self.details)))

    @property
    def document(self) -> str:
        return self.opened.get("document", "")

    @property
    def pix_key(self) -> pix.Key | None:
        value = self.opened.get("pix_key", "")
        return pix.Key(pix.Kind(self.pix_kind), value) if value else None

    @property
    def line(self) -> str:
        """The payment slip's line as it is printed; empty for other methods."""
        return boleto.Slip(self.barcode, boleto.line_of(self.barcode), None, None).spaced if self.barcode else ""

    @property
    def masked_document(self) -> str:
        text = self.document
        return (documents.cpf if len(text) == 11 else documents.cnpj).mask(text) if text else ""


def sealed(document: str, pix_key: str) -> bytes:
    """What `Payable.details` holds."""
    return settings.KEYRING.encrypt(json.dumps({"document": document, "pix_key": pix_key}).encode())


def name_key(name: str) -> str:
    """By which two ways to write one name are found to be the same."""
    return names.name_key(name)[:120]
