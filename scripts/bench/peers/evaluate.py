"""Times surface-distance, MedPy and SciPy on the cases given as JSON; prints one line per case and package."""

import json
import sys
import time
import warnings
from math import ceil

import numpy as np

warnings.filterwarnings("ignore")


def labels_of(organs, shape, shift):
    """Bumpy ellipsoids numbered from 1; the same fields as in evaluate.bench.ts."""
    labels = np.zeros(shape, np.uint8)
    for n, organ in enumerate(organs):
        centre = np.add(organ["centre"], [shift, 2 * shift, -shift])
        reach = [ceil(1.1 * radius) for radius in organ["radii"]]
        box = [np.arange(c - r, c + r + 1) for c, r in zip(centre, reach)]
        along = np.meshgrid(*box, indexing="ij", sparse=True)
        square = sum(((at - c) / r) ** 2 for at, c, r in zip(along, centre, organ["radii"]))
        bump = 0.15 * np.prod([np.sin(0.2 * at + 0.4 * shift) for at in np.broadcast_arrays(*along)], axis=0)
        view = labels[np.ix_(*box)]
        labels[np.ix_(*box)] = np.where(square < 1 + bump, n + 1, view)
    return labels


def report(case, peer, action, runs):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    if times:
        print(json.dumps({"case": case, "peer": peer, "timesMs": times}), flush=True)


def by_surface_distance(package, prediction, reference, spacing):
    package.compute_dice_coefficient(reference, prediction)
    distances = package.compute_surface_distances(reference, prediction, spacing)
    package.compute_robust_hausdorff(distances, 100)
    package.compute_robust_hausdorff(distances, 95)
    package.compute_average_surface_distance(distances)
    package.compute_surface_dice_at_tolerance(distances, 1)


def main():
    request = json.loads(sys.argv[1])
    shape, spacing = request["shape"], request["spacingMm"]
    packages = {}
    for name in ("surface_distance", "medpy.metric.binary", "scipy.ndimage"):
        try:
            packages[name] = __import__(name, fromlist=["any"])
        except ImportError as missing:
            print(f"no peer: {missing}", file=sys.stderr)
    for case in request["cases"]:
        prediction, reference = [labels_of(case["organs"], shape, shift) for shift in (1, 0)]
        ids = range(1, len(case["organs"]) + 1)

        def each(action):
            for id in ids:
                action(prediction == id, reference == id)

        google, medpy = packages.get("surface_distance"), packages.get("medpy.metric.binary")
        if google:
            run = lambda: each(lambda p, r: by_surface_distance(google, p, r, spacing))
            report(case["name"], "surface-distance 0.1", run, case["runs"][0])
        if medpy:
            run = lambda: each(lambda p, r: (medpy.dc(p, r), medpy.hd95(p, r, spacing)))
            report(case["name"], "MedPy 0.5 dc and hd95", run, case["runs"][1])
    if "scipy.ndimage" in packages:
        ball = labels_of([{"centre": [74, 87, 85], "radii": [60, 60, 60]}], [148, 175, 171], 0)
        transform = packages["scipy.ndimage"].distance_transform_edt
        report("distance transform", "SciPy distance_transform_edt", lambda: transform(ball == 0, spacing), 5)


main()
