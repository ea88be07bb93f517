"""The states of a customer, and who may change them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from farol.engines.workflow import Edit, Flow, State, Transition
from farol.registry.customers import steps

ACTIVE, MERGED, ANONYMISED = "active", "merged", "anonymised"

FLOW = Flow(
    name="customers",
    label=_("Customer"),
    states=(
        State(ACTIVE, _("Active"), tone="success"),
        State(MERGED, _("Merged"), final=True),
        State(ANONYMISED, _("Anonymised"), final=True),
    ),
    transitions=(
        Transition(
            "merge",
            _("Merge into another"),
            (ACTIVE,),
            MERGED,
            "customers.merge",
            accept=steps.accept_merging,
            effect=steps.merged,
            danger=True,
            consequence=_("Everything of this customer goes over to the other one. There is no way back."),
            icon="git-merge",
        ),
        Transition(
            "absorb",
            _("Took over another customer"),
            (ACTIVE,),
            None,
            "customers.merge",
            system=True,
            icon="git-merge",
        ),
        Transition(
            "anonymise",
            _("Anonymise"),
            (ACTIVE, MERGED),
            ANONYMISED,
            "customers.privacy",
            reason=True,
            accept=steps.accept_anonymising,
            effect=steps.anonymised,
            danger=True,
            consequence=_("Name, document, contacts and addresses are destroyed. There is no way back."),
            icon="user-x",
        ),
    ),
    edit=Edit("customers.edit", (ACTIVE,)),
)
