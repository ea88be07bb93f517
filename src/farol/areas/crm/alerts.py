"""Alert rules of the area: there are none.

They judge single days against what such days bring, and most days of a seller or a channel bring no deal at all: each
of them would be an alert. What goes wrong here is told by notices: goals at risk, checks, leads that wait.
"""

from __future__ import annotations

from farol.engines.alerts.rules import AreaRules

RULES: list[AreaRules] = []
