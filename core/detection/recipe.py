"""What decides the weights of a network, beside the data."""

from dataclasses import dataclass

from core.detection.drawing import Shares


@dataclass(frozen=True)
class Recipe:
    """Of the same data, recipe and seed come the same weights."""

    seed: int = 7
    epochs: int = 10
    patience: int = 3
    learning_rate: float = 3e-3
    weight_decay: float = 1e-4
    partners_a_batch: float = 30_000.0  # active lines squared, summed over instants, before rows are sampled
    shares: Shares = Shares()  # of the rows of each kind that are drawn
    hidden: tuple[float, float] = (0.08, 0.04)  # share of lines whose ATC level 5, or levels 4 and 5, are hidden
    unsaid: float = 0.04  # share of stays whose frequencies are hidden, and of those whose measurements are
    culprit_weight: float = 0.05
    average: float = 0.0  # mean age of the weights that are averaged, as a share of all steps; 0 keeps the last ones
    threads: int = 1  # two are faster on two cores that nothing else uses, and many times slower beside another program
