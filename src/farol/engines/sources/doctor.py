"""Do the sources bring what they should? Read from the last loads; nobody outside is asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.engines.sources.queries import panels
from farol.platform.operation.checks import Check, Finding, green, red, yellow


def stand() -> Iterator[Finding]:
    """One finding for each source that is set up."""
    found = [panel for panel in panels() if panel.configured]
    if not found:
        yield green(_("No system is set up to be fetched from."))
    for panel in found:
        name = {"source": panel.source.label, "command": f"farol sync {panel.source.name}"}
        if panel.state == "ok":
            yield green(_("%(source)s is up to date.") % name)
        elif panel.state in ("never", "stale"):
            yield yellow(_("%(source)s has brought nothing new.") % name, _("Run “%(command)s” and see why.") % name)
        else:
            reason = {**name, "reason": panel.stand.error}
            yield red(_("%(source)s: %(reason)s") % reason, _("Mend it, then run “%(command)s”.") % name)


CHECKS = [Check("sources", gettext_lazy("Data sources"), stand)]
