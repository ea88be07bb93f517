"""The audit table: written once, sealed once, never changed (database triggers hold that, see `triggers.py`)."""

from __future__ import annotations

from django.db import models

from farol.core import clock


class Entry(models.Model):
    """What somebody did. It names people by id only and is put into words in the reader's language.

    `actor` is empty where a person acted, else "operator", "system" or "anonymous". `position` and `digest` are empty
    until the sealer gives them: each digest covers the entry and the digest before it.
    """

    at = models.DateTimeField(default=clock.now, editable=False)
    person_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=20, blank=True, default="")
    code = models.CharField(max_length=60)
    target = models.CharField(max_length=200, blank=True, default="")
    params = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True, default="")
    position = models.BigIntegerField(null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["at"], name="audit_by_instant"),
            models.Index(fields=["person_id", "id"], name="audit_by_person"),
            models.Index(fields=["code", "id"], name="audit_by_code"),
            models.Index(fields=["target", "id"], name="audit_by_target"),
            models.Index(fields=["id"], condition=models.Q(position=None), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.target}".strip()


class Head(models.Model):
    """The end of the chain, one row: a chain that ends earlier has lost its tail."""

    position = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return str(self.position)
