"""A made-up Kommo: an account of a seed (or of files), its API with limits, faults and writes, and its truth."""

from farol.connectors.kommo.simulator.faults import Faults
from farol.connectors.kommo.simulator.server import Simulator
from farol.connectors.kommo.simulator.world import World, from_files, seeded

__all__ = ["Faults", "Simulator", "World", "from_files", "seeded"]
