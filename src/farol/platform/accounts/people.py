"""What an administrator does with people: create, change, roles, deactivate. Each is audited and acts at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from farol.core import clock
from farol.core.errors import BadInput, Refused
from farol.platform import audit
from farol.platform.accounts import mail, sessions
from farol.platform.accounts.models import ApiToken, Role, User
from farol.platform.accounts.principal import Principal

LAST = "super_admin"


def create(actor: Principal, email: str, *, name: str = "", roles: Iterable[Role], password: str | None = None) -> User:
    """A new person. Without a password they set one themselves through a link (`links.make`)."""
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise BadInput("email", _("There is already a person with this e-mail address."))
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name.strip())
        user.roles.set(roles)
        audit.record(actor, "person.created", target=_target(user), params={"roles": _slugs(user)})
    return user


def invite(actor: Principal, user: User) -> str:
    """A link to set a password, also sent by e-mail where a server is configured."""
    with transaction.atomic():
        link = mail.send_invitation(user)
        audit.record(actor, "person.invited", target=_target(user))
    return link


def change_roles(actor: Principal, user: User, roles: Iterable[Role]) -> None:
    """Give a person exactly these roles; their sessions end, so that none lives on under old rights."""
    with transaction.atomic():
        before = _slugs(user)
        user.roles.set(roles)
        after = _slugs(user)
        if before == after:
            return
        if LAST in before:
            _keep_one_administrator()
        params = {"added": sorted(set(after) - set(before)), "removed": sorted(set(before) - set(after))}
        audit.record(actor, "person.roles", target=_target(user), params=params)
        sessions.end_all(user)


def deactivate(actor: Principal, user: User) -> None:
    """End everything of a person at once: log-in, sessions, tokens, links."""
    with transaction.atomic():
        changed = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
        if not changed:
            return
        if LAST in _slugs(user):
            _keep_one_administrator()
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())
        sessions.end_all(user)
        audit.record(actor, "person.deactivated", target=_target(user))
    user.is_active = False


def activate(actor: Principal, user: User) -> None:
    """Let a person sign in again; tokens stay revoked."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
            audit.record(actor, "person.activated", target=_target(user))
    user.is_active = True


def rename(actor: Principal, user: User, name: str) -> None:
    """Change the name that others see."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk).exclude(name=name).update(name=name):
            audit.record(actor, "person.changed", target=_target(user))


def set_password(actor: Principal, user: User, password: str) -> None:
    """Set a password (already validated) and end all sessions; the caller may renew its own."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end_all(user)
        audit.record(actor, "person.password", target=_target(user))


def _keep_one_administrator() -> None:
    """Refuse what would leave nobody who can administer. The lock makes two such changes wait for each other."""
    Role.objects.select_for_update().get(slug=LAST)
    if not User.objects.filter(is_active=True, roles__slug=LAST).exists():
        raise Refused(_("There must always be an active super administrator. Give another person the role first."))


def _slugs(user: User) -> list[str]:
    return sorted(user.roles.values_list("slug", flat=True))


def _target(user: User) -> str:
    return f"person:{user.pk}"
