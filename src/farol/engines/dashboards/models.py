"""Saved views of boards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from farol.core import clock, ids
from farol.platform.accounts.principal import Principal


def new_code() -> str:
    return ids.random_token(16)


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, principal: Principal) -> SavedViewQuerySet:
        """One's own, and those that colleagues share. A private view of somebody else is as good as unknown."""
        return self.filter(Q(owner_id=principal.user_id) | Q(shared=True))


class SavedView(models.Model):
    """A named address of a board: period, base, filters and choices, without any data."""

    code = models.CharField(max_length=64, unique=True, default=new_code, editable=False)
    board = models.SlugField(max_length=60)
    name = models.CharField(_("Name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(_("Show to the team"), default=False)
    parameters = models.TextField()
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["board", "owner", "name"], name="one_view_of_a_name_each")]

    def __str__(self) -> str:
        return self.name
