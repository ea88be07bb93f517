"""The two ways out that every room shares: `email` and `slack`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.platform.outbox.channels import Channel
from farol.platform.outbox.mail import send_mail
from farol.platform.outbox.slack import send_slack

CHANNELS = [
    # a twin carries the same Message-ID; a lost report is worse than a twin
    Channel("email", send_mail, _("E-mail"), repeat_safe=True),
    Channel("slack", send_slack, _("Slack"), repeat_safe=True),
]
