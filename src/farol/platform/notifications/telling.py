"""Who is told what, and by which way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from farol.core import clock
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.rights import CATALOGUE, OWN
from farol.platform.notifications.models import Mail, Notification, Preference
from farol.platform.notifications.notice import notices
from farol.platform.outbox import enqueue

DEFAULT = Preference(shown=True, mail=Mail.NEVER.value)


def holders(permission: str) -> list[int]:
    """`KeyError` for a name outside the catalogue."""
    wanted = {CATALOGUE[permission].name, permission + OWN}
    roles = [role.pk for role in Role.objects.only("rights") if wanted & set(role.rights)]
    found = User.objects.filter(is_active=True, roles__in=roles).order_by("pk").distinct()
    return list(found.values_list("pk", flat=True))


@transaction.atomic
def tell(to: Iterable[int], code: str, *, record: str, url: str, params: Mapping[str, Any], key: str) -> int:
    notice = notices()[code]
    people = list(User.objects.filter(pk__in=set(to), is_active=True))
    chosen = {p.person_id: p for p in Preference.objects.filter(person__in=people, category=notice.category)}
    told = 0
    for person in people:
        wants = chosen.get(person.pk, DEFAULT)
        mails = wants.mail if settings.FAROL_SMTP_HOST else Mail.NEVER
        if wants.shown or mails != Mail.NEVER:
            row = Notification(
                person=person,
                code=code,
                category=notice.category,
                record=record,
                url=url,
                params=dict(params),
                key=key,
                shown=wants.shown,
                digest=mails == Mail.DAILY,
            )
            told += _keep(row, mails == Mail.NOW)
    return told


def _keep(row: Notification, mail: bool) -> int:
    """1 if it is new to the person."""
    if row.key:
        wanted = {field.name: getattr(row, field.name) for field in row._meta.fields if field.name != "id"}
        person, key = wanted.pop("person"), wanted.pop("key")
        row, new = Notification.objects.get_or_create(person=person, key=key, defaults=wanted)
        if not new:
            return 0
    else:
        row.save(force_insert=True)
    if mail:
        _mail(row)
    return 1


def _mail(row: Notification) -> None:
    with override(row.person.language or "pt-br"):
        text = [str(row), "", address(row.url), "", _("You can choose what Farol tells you in your profile.")]
        subject = str(row)[:120]
    enqueue("email", f"notice:{row.pk}", {"to": [row.person.email], "subject": subject, "text": "\n".join(text)})
    Notification.objects.filter(pk=row.pk).update(mailed_at=clock.now())


def address(url: str) -> str:
    """Where a notice leads, as one can click on it in an e-mail."""
    return settings.FAROL_PUBLIC_URL + (url or "/avisos")
