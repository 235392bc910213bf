"""PyHealth 1.1.6's RNN on samples written by tests.benchmarks.training; runs in an environment of its own.

``python pyhealth_rnn.py SAMPLES WIDTH BATCH EPOCHS THREADS KEY…`` prints one JSON object: CPU and wall seconds of each epoch.
"""

import json
import sys
import time
import types
from pathlib import Path


def stand_in() -> None:
    """PyHealth imports torchvision for its image models, which have no part here."""
    for name in ("torchvision", "torchvision.transforms", "torchvision.models"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]
    sys.modules["torchvision"].models = sys.modules["torchvision.models"]


def main(path: str, width: str, batch: str, epochs: str, threads: str, *keys: str) -> None:
    stand_in()
    import torch
    from pyhealth.datasets import SampleEHRDataset, get_dataloader
    from pyhealth.models import RNN

    torch.set_num_threads(int(threads))
    samples = json.loads(Path(path).read_text("utf-8"))
    dataset = SampleEHRDataset(samples, dataset_name="stays")
    network = RNN(dataset, feature_keys=list(keys), label_key="label", mode="binary", embedding_dim=int(width),
                  hidden_dim=int(width))  # fmt: skip
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loader, found = get_dataloader(dataset, int(batch), shuffle=True), []
    for _ in range(int(epochs)):
        wall, cpu = time.perf_counter(), time.process_time()
        for part in loader:
            optimizer.zero_grad()
            network(**part)["loss"].backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
        found.append({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
    print(json.dumps({"epochs": found, "weights": sum(part.numel() for part in network.parameters())}))


if __name__ == "__main__":
    main(*sys.argv[1:])
