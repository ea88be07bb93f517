"""Before anything starts: whoever was forgotten stays so, whatever backup was restored."""

from farol.registry.customers.tombstones import apply

STEPS = [apply]
