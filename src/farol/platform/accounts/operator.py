"""The command line acts as the local operator, or as a person named by `--as`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from farol.core.errors import BadInput, NotAllowed
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import OPERATOR, Principal, principal_of


def acting(email: str | None) -> Principal:
    """The principal of one command. `BadInput` for an unknown address, `NotAllowed` for a deactivated person."""
    if not email:
        return OPERATOR
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise BadInput("--as", _("There is no person with the e-mail address %(email)s.") % {"email": email})
    if not user.is_active:
        raise NotAllowed(_("%(email)s is deactivated.") % {"email": email})
    return principal_of(user)
