"""What the audit says about records: one sentence for each action of each flow."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from farol.engines.workflow.module import Module, modules
from farol.platform.audit import Event

_OPENED = _("{label} %(target)s opened")
_CHANGED = _("{label} %(target)s changed")
_ASSIGNED = _("{label} %(target)s given to somebody")
_DONE = _("{label} %(target)s: {action}, from %(from)s to %(to)s")


def _of(module: Module) -> Iterator[Event]:
    name, label = module.flow.name, module.label
    yield Event(f"{name}.create", format_lazy(_OPENED, label=label), format_lazy("{}: {}", label, _("opened")))
    yield Event(f"{name}.edit", format_lazy(_CHANGED, label=label), format_lazy("{}: {}", label, _("changed")))
    yield Event(f"{name}.assign", format_lazy(_ASSIGNED, label=label), format_lazy("{}: {}", label, _("given")))
    for step in module.flow.transitions:
        sentence = format_lazy(_DONE, label=label, action=step.label)
        yield Event(f"{name}.{step.name}", sentence, format_lazy("{}: {}", label, step.label))


EVENTS = [event for module in modules().values() for event in _of(module)]
