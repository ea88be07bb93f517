"""What the house has done for a customer: the records of every module that has one, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from farol.engines.workflow.module import Module, modules
from farol.platform.accounts.principal import Principal
from farol.registry.customers.models import Customer

MOST = 100


@dataclass(frozen=True)
class Happened:
    """One record of a module."""

    at: dt.datetime
    module: Module
    number: str
    title: str
    url: str
    state: Any


def of(customer: Customer, principal: Principal, most: int = MOST) -> list[Happened]:
    """Those that the person may see; one query per kind of record."""
    found: list[Happened] = []
    for module in modules().values():
        if module.name != "customers" and principal.may(module.view) and has_customer(module):
            rows = module.rows(principal).prefetch_related(None).filter(customer=customer.pk).order_by("-pk")[:most]
            found += [_happened(module, row) for row in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


def has_customer(module: Module) -> bool:
    try:
        field = module.model._meta.get_field("customer")
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.ForeignKey) and field.related_model is Customer


def _happened(module: Module, row: Any) -> Happened:
    return Happened(row.created_at, module, row.number, module.title(row), module.url(row), module.state(row))
