"""Times what batchgeneratorsv2 does, written with the same PyTorch and NumPy calls, on one thread as nnU-Net's workers."""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F


def patch_of(shape):
    """The same image and labels as in augment.bench.ts."""
    i = np.arange(np.prod(shape))
    image = (np.sin(0.01 * i) + np.cos(0.3 * i)).astype(np.float32).reshape(shape)
    return torch.from_numpy(image), torch.from_numpy((i // 20 % 3).reshape(shape))


def turn(image, labels):
    """Grid of a turn by 20 degrees and a scale of 1.2; the image linear, labels by the largest linear share."""
    c, s = np.cos(np.pi / 9), np.sin(np.pi / 9)
    d = np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    h = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    w = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    theta = np.concatenate([1.2 * d @ h @ w, np.zeros((3, 1))], 1)
    grid = F.affine_grid(torch.from_numpy(theta).float()[None], (1, 1, *image.shape), align_corners=False)

    def sample(values):
        return F.grid_sample(values[None, None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)[0, 0]

    shares = torch.stack([sample((labels == label).float()) for label in torch.unique(labels)])
    return sample(image), shares.argmax(0)


def blur(image, labels):
    x = torch.linspace(-2, 2, 5)
    kernel = torch.exp(-0.5 * (x / 0.8) ** 2)
    kernel /= kernel.sum()
    out = image[None, None]
    for axis in range(3):
        pad = [0] * 6
        pad[4 - 2 * axis] = pad[5 - 2 * axis] = 2
        shape = [1] * 5
        shape[2 + axis] = 5
        out = F.conv3d(F.pad(out, pad, mode="reflect"), kernel.reshape(shape))
    return out


def gamma(image, labels):
    image = image.clone()
    mean, std, low = image.mean(), image.std(), image.min()
    span = image.max() - low
    image = torch.pow((image - low) / span, 1.3) * span + low
    image -= image.mean()
    image *= std / image.std()
    image += mean
    return image


def low_resolution(image, labels):
    small = [round(0.6 * side) for side in image.shape]
    down = F.interpolate(image[None, None], small, mode="nearest-exact")
    return F.interpolate(down, image.shape, mode="trilinear")


def noise(image, labels):
    return image + torch.from_numpy(np.random.normal(0, 0.1, size=image.shape).astype(np.float32))


def main():
    torch.set_num_threads(1)
    runs, shapes = int(sys.argv[1]), json.loads(sys.argv[2])
    kinds = {"turn": turn, "blur": blur, "gamma": gamma, "low resolution": low_resolution, "noise": noise}
    for shape in shapes:
        image, labels = patch_of(shape)
        for kind, action in kinds.items():
            times = []
            for n in range(-5, runs):
                start = time.perf_counter()
                action(image, labels)
                if n >= 0:
                    times.append(1000 * (time.perf_counter() - start))
            name = f"{kind} {'x'.join(map(str, shape))}"
            print(json.dumps({"case": name, "peer": f"PyTorch {torch.__version__}", "timesMs": times}), flush=True)


main()
