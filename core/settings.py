"""Where things are: the project's root and the workspace, read once and passed on."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "assets" / "reference"
TRAINED = ROOT / "models" / "trained"
CHAMPION = TRAINED / "lstm"  # the shipped model that reads unless another is named; chosen on validation (select)


@dataclass(frozen=True)
class Workspace:
    """One folder that holds everything of one hospital: data, models, register."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def models(self) -> Path:
        return self.path / "models"

    @property
    def register(self) -> Path:
        return self.path / "register.db"


def default_workspace() -> Workspace:
    """The folder named by PHARMIAGE_WORKSPACE, or ``workspace`` beside the code."""
    return Workspace(Path(os.environ.get("PHARMIAGE_WORKSPACE") or ROOT / "workspace"))  # empty is as good as not set


def version() -> str:
    """Of the product, as pyproject.toml has it."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def shown(path: Path) -> Path:
    """A path as a card may say it: from the root where it lies in it."""
    path = path.resolve()
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
