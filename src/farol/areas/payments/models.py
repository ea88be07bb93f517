"""Monthly goals of payments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock
from farol.core.fields import MoneyField


class MonthGoal(models.Model):
    """What a month should bring. `month` is its first day; `largest_share` the most (in percent of the month's TPV)
    that the largest segment should carry."""

    month = models.DateField(_("Month"), unique=True)
    tpv = MoneyField(_("TPV"), null=True, blank=True)
    largest_share = models.DecimalField(
        _("Largest segment, at most"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
