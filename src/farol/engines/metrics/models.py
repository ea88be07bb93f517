"""What the metrics engine keeps in the operational database."""

from __future__ import annotations

from django.db import models


class Receipt(models.Model):
    """What stood behind a figure when it was shown: enough to say it again and to run it again.

    `code` is the hash of definition, query, row rules and data version, so equal figures share one receipt.
    """

    code = models.CharField(max_length=10, primary_key=True)
    model = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    definition = models.JSONField()
    query = models.JSONField()
    rules = models.JSONField()
    data_version = models.CharField(max_length=60)
    complete_until = models.DateField(null=True)
    published_at = models.DateTimeField()
    shown = models.JSONField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code
