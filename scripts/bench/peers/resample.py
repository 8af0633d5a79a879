"""Times SciPy's zoom and SimpleITK's resampler on the cases given as JSON; prints one line per case and peer."""

import json
import sys
import time

import numpy as np


def image_of(case):
    """A smooth field of the case's shape and type; for labels a few blocks."""
    d, h, w = np.meshgrid(*[np.arange(side, dtype=np.float32) for side in case["shape"]], indexing="ij", sparse=True)
    if case["kind"] == "labels":
        return ((d // 20 + h // 40 + w // 40) % 5).astype(np.uint8)
    return (1000 * np.sin(0.05 * d) * np.cos(0.03 * h) + w).astype(np.int16 if case["kind"] == "ct" else np.float32)


def report(case, peer, action, runs):
    runs = case.get("runs", runs)
    for _ in range(runs):
        action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"case": case["name"], "peer": peer, "timesMs": times}), flush=True)


def scipy_peer(case, image, runs):
    import scipy
    from scipy.ndimage import zoom

    order = {"nearest": 0, "linear": 1, "cubic": 3}[case["interpolation"]]
    factors = [target / side for target, side in zip(case["target"], case["shape"])]

    def channel(values):
        return zoom(values, factors, order=order, mode="nearest", grid_mode=True)

    def one_hot():
        scores = np.stack([channel((image == label).astype(np.float32)) for label in np.unique(image)])
        return scores.argmax(0)

    by_class = case["kind"] == "labels" and order == 1
    values = image if case["kind"] == "labels" else image.astype(np.float32)
    report(case, f"SciPy {scipy.__version__} zoom", one_hot if by_class else lambda: channel(values), runs)


def itk_peer(case, image, runs):
    import SimpleITK as sitk

    by_word = {"nearest": sitk.sitkNearestNeighbor, "linear": sitk.sitkLinear, "cubic": sitk.sitkBSpline}
    interpolator = by_word[case["interpolation"]]
    if case["kind"] == "labels" and case["interpolation"] == "linear":
        interpolator = getattr(sitk, "sitkLabelLinear", sitk.sitkLabelGaussian)
    source = sitk.GetImageFromArray(image)
    resampler = sitk.ResampleImageFilter()
    steps = [side / target for side, target in zip(case["shape"], case["target"])][::-1]
    resampler.SetSize(case["target"][::-1])
    resampler.SetOutputSpacing(steps)
    resampler.SetOutputOrigin([(step - 1) / 2 for step in steps])
    angle = np.radians(case.get("tiltDegrees", 0))
    tilt = [np.cos(angle), -np.sin(angle), 0, np.sin(angle), np.cos(angle), 0, 0, 0, 1]
    resampler.SetOutputDirection(tilt)
    resampler.SetInterpolator(interpolator)
    if case["kind"] != "labels":
        resampler.SetOutputPixelType(sitk.sitkFloat32)
    threads = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    report(case, f"SimpleITK {sitk.Version_VersionString()} ({threads} threads)", lambda: resampler.Execute(source), runs)


def main():
    runs = int(sys.argv[1])
    for case in json.loads(sys.argv[2]):
        image = image_of(case)
        for peer in (scipy_peer, itk_peer):
            if peer is scipy_peer and "tiltDegrees" in case:
                continue
            try:
                peer(case, image, runs)
            except ImportError as missing:
                print(f"no peer for {case['name']}: {missing}", file=sys.stderr)


main()
