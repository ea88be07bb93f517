"""The archive: reports as they were made, their files, and to whom they went."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock


class Issue(models.Model):
    """One report as made for a day asked for. `scope` is `all`, or `user:ID` where row rules narrowed it."""

    report = models.CharField(max_length=60)
    asked = models.DateField(_("Day asked for"))
    day = models.DateField(_("Day reported"))
    language = models.CharField(max_length=8)
    scope = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200)
    notice = models.TextField(blank=True)
    summary = models.JSONField(default=list)
    data_version = models.CharField(max_length=60)
    data_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now)

    # how far its sendings got, on the rows of `lists.rows`
    was_sent: bool
    has_failed: bool
    is_waiting: bool

    class Meta:
        ordering = ["-asked", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "asked", "language", "scope", "data_hash"], name="reports_issue_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.day}"


class IssueFile(models.Model):
    """One file of an issue; `digest` finds it in the store."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["format"]
        constraints = [models.UniqueConstraint(fields=["issue", "format"], name="reports_file_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The file's name, with the day reported."""
        return f"kpi_report_{self.issue.day.isoformat()}.{self.format}"


class Delivery(models.Model):
    """One sending. `key` is what makes it happen once (report, day asked for, channel, recipient); how far it got is
    known by the outbox, under the same channel and key."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=200)
    recipient = models.CharField(max_length=254)
    requested_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="reports_delivery_once")]

    def __str__(self) -> str:
        return self.key
