"""What PyHealth 1.1.6's RNN finds on the stays of a comparison, beside what the compared models find by stay.

``python -m tests.benchmarks.outside_peer --workspace my-hospital --json``. Its task is its own: one label a stay, so
it stands beside the others at the level of stays (``stay_auprc``), where theirs is their lines' chances joined. It is
given the same stays, split, vocabulary, codes, numbers and patient's state at the start of each line; one network a
scope. The rows are kept in ``models/compare/outside.json`` of the workspace, where ``compare --keep`` finds them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from core.commands.compare import field, folder_of
from core.detection import evaluation, metrics, training, trials, vocabulary
from core.detection.splits import taken
from core.report.digest import OUTSIDE
from tests.benchmarks.training import SAME, peer_python, samples

MODEL, WIDTH, PARTS = "pyhealth_rnn", 48, ("train", "valid", "test")


def stays_of(shared: trials.Field) -> dict[str, training.Prepared]:
    """The three parts, in the words of the training part."""
    parts = {name: taken(shared.tables, getattr(shared.parts, name)) for name in PARTS}
    words = vocabulary.learn(parts["train"].lines, parts["train"].stays)
    return {name: training.prepared(tables, words) for name, tables in parts.items()}


def by_stay(prepared: training.Prepared, oracle, scope: str) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Of each stay: its patient, whether an intervention of the scope was made, and the oracle's chance if there is one."""
    lines, begin = evaluation.judged(prepared.seq, prepared.tables, prepared.wanted, oracle), prepared.seq.stay_lines[:-1]
    wrong = np.logical_or.reduceat(lines.truth[scope], begin)
    if not lines.oracle:
        return lines.patient[begin], wrong, None
    nothing = np.add.reduceat(np.log1p(-lines.oracle[scope].clip(0, 1 - 1e-9)), begin)
    return lines.patient[begin], wrong, -np.expm1(nothing)


def trained(path: Path, epochs: int, seed: int) -> dict:
    script = Path(__file__).with_name("pyhealth_stays.py")
    command = [peer_python(), script, path, str(WIDTH), str(epochs), str(seed), *SAME]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=path.parent)
    return json.loads(done.stdout.splitlines()[-1])


def measured(shared: trials.Field, scope: str, seeds: int, epochs: int) -> dict:
    """The row of one scope: means over the seeds."""
    parts, found = stays_of(shared), []
    facts = {name: by_stay(part, shared.oracle, scope) for name, part in parts.items()}
    patient, wrong, chance = facts["test"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "samples.json"
        told = [
            each | {"patient_id": f"{name}-{each['patient_id']}", "part": name, "label": int(label)}
            for name, part in parts.items()
            for each, label in zip(samples(part), facts[name][1], strict=True)
        ]
        path.write_text(json.dumps(told), "utf-8")
        del told
        for seed in range(1, seeds + 1):
            found.append(trained(path, epochs, seed))
    scores = [np.array(each["test"]) for each in found]
    limits = [metrics.bootstrap(wrong, score, patient, evaluation.DRAWS, seed=1) for score in scores]
    reached = float(np.mean([metrics.average_precision(wrong, score) for score in scores]))
    return {
        "model": MODEL, "scope": scope, "population": "test", "seeds": seeds, "lines": len(parts["test"].seq.line_ids),
        "stay_auprc": round(reached, 5), "stay_auprc_low": round(float(np.mean([low for low, _ in limits])), 5),
        "stay_auprc_high": round(float(np.mean([high for _, high in limits])), 5),
        "stay_base_rate": round(float(wrong.mean()), 5),
        "stay_oracle_ratio": None if chance is None else round(reached / metrics.average_precision(wrong, chance), 5),
        "passes": [int(np.argmax(each["validation"])) + 1 for each in found],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    shared = field(argparse.Namespace(workspace=options.workspace, other=0, fresh=None), lambda **_: None)
    rows = [measured(shared, scope, options.seeds, options.epochs) for scope in evaluation.SCOPES]
    trials.write(folder_of(options.workspace) / OUTSIDE, rows)
    sys.stdout.write(json.dumps(rows, indent=None if options.json else 1) + "\n")


if __name__ == "__main__":
    main()
