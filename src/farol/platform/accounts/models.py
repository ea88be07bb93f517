"""People, roles and API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from farol.core import clock


class Role(models.Model):
    """A named set of rights. The seeded ones come from `rights.py`; an administrator can add more."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    rights = models.JSONField(default=list, help_text=_("Names from the catalogue of permissions"))
    seeded = models.BooleanField(default=False)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, *, name: str = "", **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), name=name or email.partition("@")[0], **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address (kept in lower case)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    roles = models.ManyToManyField(Role, related_name="users", blank=True)
    language = models.CharField(max_length=8, blank=True)
    theme = models.CharField(max_length=8, blank=True, choices=[("", "auto"), ("light", "light"), ("dark", "dark")])
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.email


class ApiToken(models.Model):
    """A bearer token; only its hash is stored, the text is shown once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text=_("Permissions; empty means all of the person's rights"))
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class SignIn(models.Model):
    """One session of a person, as shown on the page of sessions; it ends with the row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    user_agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.session_key[:6]


class Window(models.Model):
    """The instants of the latest tries under one throttled key (see `throttle.py`); `version` makes a try atomic."""

    key = models.CharField(max_length=64, primary_key=True)
    stamps = models.JSONField(default=list)
    version = models.BigIntegerField(default=0)
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ends_at"], name="accounts_window_end")]

    def __str__(self) -> str:
        return self.key
