"""What the audit says about running Farol."""

from django.utils.translation import gettext_lazy as _

from farol.platform.audit import Event

EVENTS = [Event("backup.made", _("Made the backup %(target)s"), _("Backup made"))]
