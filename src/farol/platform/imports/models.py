"""Files on their way to becoming records."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock


def new_token() -> str:
    return secrets.token_hex(16)


class ImportRun(models.Model):
    """One uploaded file. What it holds lies encrypted in the data folder until it is saved, discarded or too old."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        READY = "ready", _("Ready to import")
        BAD = "bad", _("Has rows to correct")
        SAVING = "saving", _("Being imported")
        DONE = "done", _("Imported")
        FAILED = "failed", _("Not imported")
        DISCARDED = "discarded", _("Discarded")
        EXPIRED = "expired", _("Expired")

    token = models.CharField(max_length=32, unique=True, default=new_token)
    importer = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CHECKING)
    rows = models.PositiveIntegerField(default=0)
    bad_rows = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["importer", "digest"], name="imports_same_file")]

    def __str__(self) -> str:
        return f"{self.importer} {self.file_name}"

    @property
    def waits(self) -> bool:
        """The worker has it."""
        return self.state in (self.State.CHECKING, self.State.SAVING)
