"""The rooms and their order: a room knows only those above it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = (
    "models", "core.schema", "core.errors", "core.settings", "core.i18n", "core.turns", "core.knowledge", "core.data",
    "core.simulator", "core.detection", "core.review", "core.report", "core.commands", "core.__main__",
    "pages.wording", "pages.figures", "pages.shell", "pages", "app",
)  # fmt: skip
FILES = sorted(p for room in ("models", "core", "pages") for p in (ROOT / room).rglob("*.py")) + [ROOT / "app.py"]
FILES = [
    path for path in FILES if path.exists() and path.name != "__init__.py" or path.exists() and path.stat().st_size
]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def rank(module: str) -> int | None:
    """Place of a module in the order; None for one that is not ours."""
    return next((i for i, room in enumerate(ORDER) if module == room or module.startswith(room + ".")), None)


def imported(path: Path) -> set[str]:
    """Modules that a file imports, 'from core import schema' counted as core.schema."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {node.module} | parts if rank(node.module) is not None else parts | {node.module}
    return names


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_room_knows_only_those_above_it(path):
    mine = rank(module_of(path))
    below = [name for name in imported(path) if (rank(name) or 0) > mine] if mine is not None else []
    assert not below, f"{module_of(path)} looks down at {below}"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_a_file_keeps_to_one_subject(path):
    assert path.read_text("utf-8").count("\n") <= 300


def test_no_script_stands_directly_in_pages():
    """Streamlit serves such a script without app.py, so without sign-in."""
    assert not [p.name for p in (ROOT / "pages").glob("*.py") if p.name != "__init__.py"]


def test_core_and_models_import_without_streamlit():
    code = (
        "import sys, pkgutil, importlib; sys.modules['streamlit'] = None\n"
        "import core, models\n"
        "for package in (core, models):\n"
        "    for m in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not m.name.endswith('__main__'): importlib.import_module(m.name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
