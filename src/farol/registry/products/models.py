"""Products."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from farol.core.fields import MoneyField
from farol.engines.workflow.models import Case
from farol.registry.products.flow import FLOW


class Product(Case):
    """`sku` as the ERP writes it; `sku_key` is the same in capitals, by which it is found. `versions` are names of
    variants of one product, newest last. `erp_id` is its id in the ERP.
    """

    flow = FLOW
    sku = models.CharField(max_length=60)
    sku_key = models.CharField(max_length=60, unique=True, editable=False)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=140, db_index=True, editable=False)
    unit = models.CharField(max_length=10, blank=True, default="")
    cost = MoneyField(null=True, blank=True)
    versions = models.JSONField(default=list, blank=True)
    erp_id = models.CharField(max_length=20, blank=True, default="", editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            FLOW.constraint(),
            models.CheckConstraint(condition=~Q(sku_key=""), name="products_sku"),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="products_cost"),
        ]
        indexes = [models.Index(fields=["status", "-id"], name="products_by_status")]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"


class ProductWord(models.Model):
    """One word of a product's name, with the whole name beside it: one index answers a search while typing."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=60)
    name_key = models.CharField(max_length=140)

    class Meta:
        indexes = [
            models.Index(
                fields=["word", "name_key", "product"],
                name="products_by_word",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.word
