"""Store credit on the customer's page."""

from django.utils.translation import gettext_lazy as _

from farol.areas.aftersales.vouchers.statement import of_customer
from farol.engines.workflow.module import Section

SECTIONS = [("customers", Section("vouchers", _("Store credit"), "vouchers/of_customer.html", of_customer, side=True))]
