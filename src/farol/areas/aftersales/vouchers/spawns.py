"""A use asked for out of the voucher's page."""

from django.utils.translation import gettext_lazy as _

from farol.engines.workflow.module import Spawn

SPAWNS = [Spawn("vouchers", "redemptions", _("Request use"), lambda voucher: {"voucher": voucher.number})]
