"""A made-up Tiny, API v2: a real HTTP server with a journal that survives `kill -9`, limits, and planted faults."""

from farol.connectors.tiny.simulator.faults import Faults
from farol.connectors.tiny.simulator.server import Simulator

__all__ = ["Faults", "Simulator"]
