"""Alerts as cases."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from farol.core.fields import MoneyField
from farol.engines.alerts.flow import FLOW, OPEN
from farol.engines.workflow.models import Record
from farol.platform.accounts.principal import Principal

STALE, CONDITION = "stale", "condition"  # kinds of case that are about no figure; the first is a rule of every area


class AlertCase(Record):
    """One departure of one segment's measure, from the first to the last day on which it was seen.

    `key` stands for area, rule, segment, measure and direction; of each there is one open case at most. `evidence` is
    the newest row of `alerts run`; `impact` its change in reais.
    """

    flow = FLOW
    area = models.CharField(max_length=40)
    rule = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    measure = models.CharField(max_length=60, blank=True, default="")
    direction = models.CharField(max_length=8)
    segment = models.JSONField(default=dict)
    key = models.CharField(max_length=26, editable=False)
    first_day = models.DateField()
    last_day = models.DateField()
    impact = MoneyField(null=True)
    evidence = models.JSONField(default=dict)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    snoozed_until = models.DateField(null=True, blank=True)
    verdict = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ["-last_day", "-id"]
        constraints = [
            FLOW.constraint(),
            models.UniqueConstraint(fields=["key"], condition=models.Q(status__in=OPEN), name="alert_one_open_case"),
            models.CheckConstraint(condition=models.Q(verdict__in=["", "useful", "noise"]), name="alert_verdict"),
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="alert_days"),
        ]
        indexes = [
            models.Index(fields=["status", "-last_day"], name="alert_by_status"),
            models.Index(fields=["key", "-last_day"], name="alert_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.measure} {self.segment}".strip()

    def visible_to(self, principal: Principal) -> bool:
        """Alerts are for those who may see alerts and the figures of that area."""
        from farol.engines.alerts.rules import visible_areas

        return principal.may("alerts.view") and self.area in visible_areas(principal)

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    def figure(self, name: str) -> Any:
        """`observed`, `expected`, `low`, `high` or `delta` of the newest row, as stored."""
        return self.evidence.get(name)
