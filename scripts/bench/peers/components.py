"""Times SciPy's label on the cases given as JSON; prints one line per case."""

import json
import sys
import time

import numpy as np


def balls(shape):
    d, h, w = np.meshgrid(*[np.arange(side) for side in shape], indexing="ij", sparse=True)
    return (np.cos(0.2 * d) + np.cos(0.13 * h) + np.cos(0.17 * w) > 0.9).astype(np.uint8)


def main():
    try:
        import scipy
        from scipy import ndimage
    except ImportError as missing:
        print(f"no peer: {missing}", file=sys.stderr)
        return
    for case in json.loads(sys.argv[1]):
        image = balls(case["shape"])
        structure = ndimage.generate_binary_structure(3, case["rank"])
        runs, times = case["runs"], []
        for run in range(2 * runs):
            start = time.perf_counter()
            ndimage.label(image, structure)
            if run >= runs:
                times.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"case": case["name"], "peer": f"SciPy {scipy.__version__} label", "timesMs": times}), flush=True)


main()
