"""A product is sold or it is not any more."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.engines.workflow import Edit, Flow, State, Transition

ACTIVE, INACTIVE = "active", "inactive"
MANAGE = "stock.manage"

FLOW = Flow(
    name="products",
    label=_("Product"),
    states=(State(ACTIVE, _("Active"), tone="success"), State(INACTIVE, _("Inactive"))),
    transitions=(
        Transition(
            "deactivate",
            _("Deactivate"),
            (ACTIVE,),
            INACTIVE,
            MANAGE,
            danger=True,
            consequence=_("It is no longer suggested while typing. It can be activated again."),
            icon="ban",
        ),
        Transition("activate", _("Activate"), (INACTIVE,), ACTIVE, MANAGE, icon="check"),
    ),
    edit=Edit(MANAGE, (ACTIVE, INACTIVE)),
)
