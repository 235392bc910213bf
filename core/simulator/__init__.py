"""The invented hospital: it knows the truth and the oracle."""

from core.simulator.hospital import HOSPITALS, MAIN, OTHER, Hospital
from core.simulator.simulate import Chunk, simulate

__all__ = ["HOSPITALS", "MAIN", "OTHER", "Chunk", "Hospital", "simulate"]
