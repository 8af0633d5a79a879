"""Takes the same training steps with PyTorch: same weights, same batch; prints times, losses and peak memory."""

import json
import resource
import struct
import sys
import time


def main():
    try:
        import numpy as np
        import torch
        import torch.nn.functional as F
    except ImportError as missing:
        print(f"no peer: {missing}", file=sys.stderr)
        return
    case = json.loads(sys.argv[1])
    torch.set_num_threads(case["threads"])

    def safetensors(path):
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header, data = json.loads(file.read(length)), file.read()
        header.pop("__metadata__", None)
        return {
            name: torch.from_numpy(
                np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).copy()
            )
            for name, entry in header.items()
        }

    weights = {name: value.requires_grad_() for name, value in safetensors(case["weights"]).items()}
    batch = safetensors(case["batch"])
    image, labels = batch["image"], batch["labels"][:, 0].long()
    target = F.one_hot(labels, 3).permute(0, 4, 1, 2, 3).float()
    levels = case["levels"]

    def block(x, name, stride):
        x = F.conv3d(x, weights[name + ".conv.weight"], weights[name + ".conv.bias"], stride, 1)
        x = F.instance_norm(x, weight=weights[name + ".norm.weight"], bias=weights[name + ".norm.bias"])
        return F.leaky_relu(x, 0.01, inplace=True)

    def network(x):
        skips = []
        for level in range(levels):
            for n in range(2):
                x = block(x, f"encoder.stages.{level}.{n}", 2 if level > 0 and n == 0 else 1)
            skips.append(x)
        for level in range(levels - 2, -1, -1):
            name = f"decoder.stages.{level}"
            x = F.conv_transpose3d(x, weights[name + ".up.weight"], weights[name + ".up.bias"], 2)
            x = torch.cat([x, skips[level]], 1)
            for n in range(2):
                x = block(x, f"{name}.{n}", 1)
        return F.conv3d(x, weights["decoder.logits.0.weight"], weights["decoder.logits.0.bias"])

    optimiser = torch.optim.Adam(weights.values(), case["learningRate"])

    def step():
        optimiser.zero_grad()
        logits = network(image)
        shares = logits.softmax(1)
        both, either = (shares * target).sum((0, 2, 3, 4)), (shares + target).sum((0, 2, 3, 4))
        dice = (2 * both + 1e-5) / (either + 1e-5)
        loss = F.cross_entropy(logits, labels) + 1 - dice[1:].mean()
        loss.backward()
        optimiser.step()
        return loss.item()

    losses, times = [], []
    for _ in range(case["runs"]):
        start = time.perf_counter()
        losses.append(step())
        times.append(1000 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    peer = f"PyTorch {torch.__version__}"
    print(json.dumps({"peer": peer, "timesMs": times, "losses": losses, "peakGib": peak}))


main()
