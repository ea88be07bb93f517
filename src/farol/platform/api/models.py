"""Answers kept by the key of their request."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from farol.core import clock


class KeptAnswer(models.Model):
    """What a person's request with an `Idempotency-Key` was answered; written in the transaction of its effect.

    `digest` is a keyed hash of method, address and body; `body` is encrypted, for answers hold personal data.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="api_one_answer_per_key")]
        indexes = [models.Index(fields=["at"], name="api_answer_age")]

    def __str__(self) -> str:
        return self.key
