"""The allowance of the ERP's account, shared by every process of the installation."""

from __future__ import annotations

from django.db import models


class Allowance(models.Model):
    """One account (a hash of its address and token). Instants are seconds since 1970 by Farol's clock.

    `calls`: ends of the calls of the last minute. `running`: calls under way, with the instant at which one that
    never ended is given up.
    """

    account = models.CharField(max_length=64, primary_key=True)
    per_minute = models.PositiveIntegerField()
    calls = models.JSONField(default=list)
    running = models.JSONField(default=dict)
    shut_until = models.FloatField(default=0)
    narrow_until = models.FloatField(default=0)

    def __str__(self) -> str:
        return self.account[:8]
