"""What people keep about the pages themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from farol.core import clock


class SavedView(models.Model):
    """A list as somebody likes to see it: `address` is the part behind the question mark. `shared` shows it to all."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "list", "name"], name="web_view_once")]
        indexes = [models.Index(fields=["list", "shared"], name="web_view_of_list")]

    def __str__(self) -> str:
        return self.name
