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


class Case(Record):
    """A record of a module: numbered (`GT-2026-000123`), opened by somebody, perhaps owned by somebody and due.

    `number` and `created_by` are given by `workflow.start`.
    """

    number = models.CharField(max_length=24, unique=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    deadline = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Counter(models.Model):
    """The last number given for a key; see `counters.take`."""

    key = models.CharField(max_length=200, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.value}"


class RecordLink(models.Model):
    """Two records that belong together: `source` led to `target` (`warranties:17`, `payables:4`)."""

    source = models.CharField(max_length=80)
    target = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "kind"], name="workflow_link_once")]
        indexes = [models.Index(fields=["target"], name="workflow_link_target")]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.target}"


class PendingHandoff(models.Model):
    """An effect on a module that this installation does not have yet; carried out once it has (`done_at`)."""

    record = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now, editable=False)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["record"], name="workflow_pending_record")]

    def __str__(self) -> str:
        return f"{self.record} {self.kind}"


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


class Draft(models.Model):
    """What somebody typed into the form of `place` (`warranties/new`, `warranties/GT-2026-000123`); encrypted."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=160)
    body = models.BinaryField()
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="workflow_one_draft")]

    def __str__(self) -> str:
        return self.place
