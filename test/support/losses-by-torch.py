"""Losses in float64 by PyTorch, straight from the papers' formulas, on the samples of losses.test.ts.

Usage: /usr/bin/python3 test/support/losses-by-torch.py
Prints a line per loss: its name and its value.
"""
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def sines(shape, frequency, height):
    count = torch.Size(shape).numel()
    return (height * torch.sin(frequency * torch.arange(count))).float().double().reshape(shape)


def one_hot(labels, classes):
    return F.one_hot(labels, classes).movedim(-1, 1).double()


logits = sines((2, 3, 2, 4), 1.7, 2)
labels = torch.tensor([0, 2, 1, 0, 2, 1, 0, 2, 1, 0, 0, 1, 0, 0, 1, 0]).reshape(2, 2, 4)
target = one_hot(labels, 3)
regions = target.clone()
regions[:, 1] = regions[:, 1].maximum(regions[:, 2])
softmax, sigmoid = logits.softmax(1), logits.sigmoid()
each = F.cross_entropy(logits, labels, reduction="none")
binary = F.binary_cross_entropy_with_logits(logits, regions, reduction="none")
weight = torch.tensor([0.5, 1, 2])
per_channel = weight.reshape(1, 3, 1, 1)
ALL, SAMPLE = (0, 2, 3), (2, 3)


def show(name, value):
    print(f"{name}: {float(value)!r}")


def index(shares, wanted, axes, alpha, beta):
    """Tversky; Dice with one half twice."""
    both = (shares * wanted).sum(axes)
    return both / (both + alpha * (shares * (1 - wanted)).sum(axes) + beta * ((1 - shares) * wanted).sum(axes))


def dice(shares, wanted, axes=ALL):
    return (1 - index(shares, wanted, axes, 0.5, 0.5))[wanted.sum(axes) > 0].mean()


show("cross-entropy", each.mean())
show("cross-entropy, weights 0.5 1 2", F.cross_entropy(logits, labels, weight, reduction="none").mean())
show("cross-entropy, regions", binary.mean())
show("dice", dice(softmax[:, 1:], target[:, 1:]))
show("dice, background", dice(softmax, target))
show("dice, sample", dice(softmax[:, 1:], target[:, 1:], SAMPLE))
show("dice, regions", dice(sigmoid, regions))

volume = target.sum(ALL)
both, mass = (softmax * target).sum(ALL), (softmax + target).sum(ALL)
show("generalised-dice", 1 - 2 * (both / volume**2).sum() / (mass / volume**2).sum())

# Lin 2017, equation 5: p of what is true.
true = softmax.gather(1, labels[:, None])[:, 0]
show("focal", ((1 - true) ** 2 * each).mean())
balance = torch.tensor([0.25, 0.75, 0.75])[labels]
show("focal, alpha 0.75", (balance * (1 - true) ** 2 * each).mean())
true = torch.where(regions > 0, sigmoid, 1 - sigmoid)
show("focal, regions", ((1 - true) ** 2 * binary).mean())
balance = torch.where(regions > 0, 0.75, 0.25) * per_channel
show("focal, regions, alpha 0.75, weights 0.5 1 2", (balance * (1 - true) ** 2 * binary).mean())

show("top-k-cross-entropy, share 0.25", each.flatten().topk(4).values.mean())

missing = 1 - index(softmax[:, 1:], target[:, 1:], ALL, 0.3, 0.7)
show("tversky", missing.mean())
show("focal-tversky", (missing ** 0.75).mean())

# Yeung 2022, equations 20 to 22: delta 0.6, gamma 0.5.
entropy = -target * softmax.log()
easy = 0.4 * (1 - softmax[:, :1]) ** 0.5 * entropy[:, :1]
focal = torch.cat([easy, 0.6 * entropy[:, 1:]], 1).sum(1).mean()
missing = 1 - index(softmax, target, ALL, 0.4, 0.6)
show("unified-focal", 0.5 * focal + 0.5 * torch.cat([missing[:1], missing[1:] ** 0.5]).mean())
# Of a region against what is outside it, region by region.
focal = (torch.where(regions > 0, 0.6, 0.4 * sigmoid**0.5) * binary).mean()
missing = 1 - index(sigmoid, regions, ALL, 0.4, 0.6)
show("unified-focal, regions", 0.5 * focal + 0.5 * (missing**0.5).mean())


def eroded(image):
    rows, columns = (-F.max_pool2d(-image, window, 1, tuple(side // 2 for side in window)) for window in [(3, 1), (1, 3)])
    return rows.minimum(columns)


def skeleton(image, iterations):
    """Shit 2021, algorithm 1."""
    opened = F.max_pool2d(eroded(image), 3, 1, 1)
    lines = (image - opened).relu()
    for _ in range(iterations):
        image = eroded(image)
        delta = (image - F.max_pool2d(eroded(image), 3, 1, 1)).relu()
        lines = lines + (delta - lines * delta).relu()
    return lines


cells = torch.arange(72)
bar = ((cells >= 18) & (cells < 54) & (cells % 9 >= 1) & (cells % 9 < 8)).reshape(1, 1, 8, 9).double()
shares = sines((1, 2, 8, 9), 0.7, 3).softmax(1)[:, 1:]
found, wanted = skeleton(shares, 2), skeleton(bar, 2)
precision = ((found * bar).sum() + 1) / (found.sum() + 1)
sensitivity = ((wanted * shares).sum() + 1) / (wanted.sum() + 1)
show("centreline-dice, iterations 2", 1 - 2 * precision * sensitivity / (precision + sensitivity))
