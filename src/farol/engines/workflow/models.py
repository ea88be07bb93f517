"""What every record on a flow has, and what happened to it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from farol.core import clock
from farol.engines.workflow.flow import Flow, State


class Record(models.Model):
    """A model that walks a flow. `status` and `version` are changed by `workflow.run` alone."""

    flow: ClassVar[Flow]
    status = models.CharField(max_length=40, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.status:
            self.status = self.flow.initial

    @property
    def state(self) -> State:
        return self.flow.by_name[self.status]

    @property
    def reference(self) -> str:
        """How history and audit name it: `alert:17`."""
        return f"{self.flow.name}:{self.pk}"


class HistoryEntry(models.Model):
    """One step: who, when, from which state to which, why. Written once, with the change itself.

    `actor` is empty where a person acted, else "system" or "operator".
    """

    record = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=20, blank=True, default="")
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True, default="")
    to_state = models.CharField(max_length=40)
    reason = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "history entries"
        indexes = [models.Index(fields=["record", "id"], name="workflow_by_record")]

    def __str__(self) -> str:
        return f"{self.record} {self.action}"


class Comment(models.Model):
    """What somebody said about a record."""

    record = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=20, blank=True, default="")
    text = models.TextField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["record", "id"], name="workflow_comments")]

    def __str__(self) -> str:
        return self.text[:60]
