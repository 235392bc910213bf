"""PyHealth 1.1.6's RNN judged on whole stays; runs in an environment of its own (tests.benchmarks.outside_peer).

``python pyhealth_stays.py SAMPLES WIDTH EPOCHS SEED KEY…`` prints one JSON object: the probability of each test
stay after the pass that was best on validation, and the average precision on validation of every pass.
"""

import json
import sys
from pathlib import Path

from pyhealth_rnn import stand_in

BATCH, RATE = 32, 1e-3  # the rate is that of PyHealth's own trainer


def main(path: str, width: str, epochs: str, seed: str, *keys: str) -> None:
    stand_in()
    import torch
    from pyhealth.datasets import SampleEHRDataset, get_dataloader
    from pyhealth.models import RNN
    from sklearn.metrics import average_precision_score

    torch.set_num_threads(1)
    torch.manual_seed(int(seed))
    samples = json.loads(Path(path).read_text("utf-8"))
    dataset = SampleEHRDataset(samples, dataset_name="stays")
    network = RNN(dataset, feature_keys=list(keys), label_key="label", mode="binary", embedding_dim=int(width),
                  hidden_dim=int(width))  # fmt: skip
    part = {name: [i for i, each in enumerate(samples) if each["part"] == name] for name in ("train", "valid", "test")}
    loaders = {
        name: get_dataloader(torch.utils.data.Subset(dataset, rows), BATCH, shuffle=name == "train")
        for name, rows in part.items()
    }
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)

    def told(name: str) -> tuple[list, list]:
        network.eval()
        with torch.inference_mode():
            found = [(answer["y_true"], answer["y_prob"]) for answer in (network(**each) for each in loaders[name])]
        return tuple(torch.cat(side).flatten().tolist() for side in zip(*found, strict=True))

    best, curve, scores = -1.0, [], []
    for _ in range(int(epochs)):
        network.train()
        for each in loaders["train"]:
            optimizer.zero_grad()
            network(**each)["loss"].backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        curve.append(float(average_precision_score(*told("valid"))))
        print(f"pass {len(curve)}: {curve[-1]:.4f}", file=sys.stderr, flush=True)
        if curve[-1] > best:
            best, scores = curve[-1], told("test")[1]
    print(json.dumps({"test": scores, "validation": curve}))


if __name__ == "__main__":
    main(*sys.argv[1:])
