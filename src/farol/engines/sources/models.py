"""History of loads."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadRun(models.Model):
    """One load: who, what, when, how it went. `status` moves from waiting or running to one of the ends."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Loaded")
        UNCHANGED = "unchanged", _("Nothing new")
        REJECTED = "rejected", _("Rows refused")
        FAILED = "failed", _("Failed")

    loader = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    actor = models.CharField(max_length=254)
    files = models.JSONField(default=list)  # [{"name", "size", "digest"}]
    options = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=120, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)
    rows_read = models.BigIntegerField(default=0)
    rows_new = models.BigIntegerField(default=0)
    rows_changed = models.BigIntegerField(default=0)
    rows_unchanged = models.BigIntegerField(default=0)
    rows_deleted = models.BigIntegerField(default=0)
    rows_rejected = models.BigIntegerField(default=0)
    rejects_file = models.CharField(max_length=200, default="")
    version_before = models.CharField(max_length=20, default="")
    version_after = models.CharField(max_length=20, default="")
    error_code = models.CharField(max_length=40, default="")
    error = models.TextField(default="")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["loader", "-id"])]

    def __str__(self) -> str:
        return f"{self.loader} {self.pk}"

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.done / self.total)) if self.total else 0

    @property
    def ended(self) -> bool:
        return self.status not in (self.Status.WAITING, self.Status.RUNNING)

    @property
    def rejects_path(self) -> Path | None:
        """The file with the refused rows, if there is one."""
        return Path(settings.FAROL_HOME) / "rejects" / self.rejects_file if self.rejects_file else None
