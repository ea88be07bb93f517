"""Requests for a new password wait in the outbox until the worker looks whose they are.

The page itself does the same work for every address, so neither its text nor its time says who has an account.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform import audit
from farol.platform.accounts import mail
from farol.platform.accounts.models import User
from farol.platform.outbox import Channel, Message


def answer_reset(message: Message) -> None:
    """Payload: `email`. Nothing happens for an address that no active person has."""
    user = User.objects.filter(email=message.payload["email"], is_active=True).first()
    if user is not None:
        mail.send_reset(user)
        audit.record(None, "password.reset_sent", target=f"person:{user.pk}")


CHANNELS = [Channel("password_reset", answer_reset, _("Requests for a new password"), repeat_safe=True)]
