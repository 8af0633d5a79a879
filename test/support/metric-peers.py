"""Metrics of made-up masks by surface-distance, MedPy, MONAI and SciPy.

Usage: python3 test/support/metric-peers.py > test/support/metric-peers.json
Needs: pip install surface-distance==0.1 MedPy==0.5.2 monai==1.3.2 "scipy<1.11" "numpy<1.25"; PyTorch
Prints the masks' recipes and each package's values as JSON. Arrays are [D, H, W] here and in rarevox; surface-distance, whose
tables are not the same along every axis, gets them as nibabel reads them, [W, H, D].
"""
import json
import warnings

import numpy as np
import surface_distance
import torch
from medpy.metric import binary
from monai.metrics import (compute_average_surface_distance, compute_dice, compute_hausdorff_distance,
                           compute_surface_dice)
from scipy import ndimage

warnings.filterwarnings("ignore")

BALLS = [
    {"centre": [5, 6, 8], "scale": [1, 1, 1], "radius": 4, "noise": 0},
    {"centre": [6, 7, 8], "scale": [1, 1, 0.5], "radius": 4.5, "noise": 0},
]
CASES = {
    "two ellipsoids": {"shape": [11, 13, 17], "spacing": [3, 2, 1], "masks": BALLS},
    "cut off by the border": {"shape": [7, 9, 11], "spacing": [0.5, 1, 2], "masks": BALLS},
    "noise": {
        "shape": [9, 11, 13],
        "spacing": [1, 0.75, 2.5],
        "masks": [dict(BALLS[0], noise=17), dict(BALLS[1], noise=9)],
    },
    "voxels far apart": {
        "shape": [9, 21, 33],
        "spacing": [3, 2, 1],
        "masks": [dict(BALLS[0], centre=[0, 0, 0], radius=0), dict(BALLS[0], centre=[8, 20, 32], radius=0)],
    },
    "a ball in a full grid": {
        "shape": [11, 13, 15],
        "spacing": [1, 1, 1],
        "masks": [dict(BALLS[0], radius=99), BALLS[0]],
    },
    "one slice": {
        "shape": [1, 23, 31],
        "spacing": [5, 0.75, 0.5],
        "masks": [
            {"centre": [0, 11, 14], "scale": [1, 1, 0.75], "radius": 8, "noise": 3},
            {"centre": [0, 10, 16], "scale": [1, 0.75, 1], "radius": 7, "noise": 4},
        ],
    },
    "only in the prediction": {"shape": [5, 6, 7], "spacing": [3, 2, 1], "masks": [BALLS[0], dict(BALLS[0], radius=-1)]},
    "only in the reference": {"shape": [5, 6, 7], "spacing": [3, 2, 1], "masks": [dict(BALLS[0], radius=-1), BALLS[0]]},
    "in neither": {
        "shape": [5, 6, 7],
        "spacing": [3, 2, 1],
        "masks": [dict(BALLS[0], radius=-1), dict(BALLS[0], radius=-1)],
    },
}


def mask_of(shape, centre, scale, radius, noise):
    """An ellipsoid, turned inside out at so many of every 101 voxels; radius -1 is nothing at all."""
    places = np.indices(shape)
    squares = sum(((places[axis] - centre[axis]) * scale[axis]) ** 2 for axis in range(3))
    ball = (squares <= radius * radius) & (radius >= 0)
    return ball ^ ((np.arange(ball.size).reshape(shape) * 7919) % 101 < noise)


def value_of(measure):
    """A value, or None where the package fails or has nothing to say; infinity as text, which JSON has no number for."""
    try:
        value = float(measure())
    except (RuntimeError, IndexError, ZeroDivisionError):
        return None
    return None if np.isnan(value) else "infinite" if np.isinf(value) else value


def by_surface_distance(prediction, reference, spacing):
    distances = surface_distance.compute_surface_distances(reference.T.copy(), prediction.T.copy(), spacing[::-1])
    averages = surface_distance.compute_average_surface_distance
    return {
        "dice": value_of(lambda: surface_distance.compute_dice_coefficient(reference, prediction)),
        "area-hd": value_of(lambda: surface_distance.compute_robust_hausdorff(distances, 100)),
        "area-hd95": value_of(lambda: surface_distance.compute_robust_hausdorff(distances, 95)),
        "area-asd-from-reference": value_of(lambda: averages(distances)[0]),
        "area-asd-from-prediction": value_of(lambda: averages(distances)[1]),
        "area-nsd": value_of(lambda: surface_distance.compute_surface_dice_at_tolerance(distances, 1.6)),
    }


def by_medpy(prediction, reference, spacing):
    masks = (prediction, reference)
    return {
        "dice": value_of(lambda: binary.dc(*masks)),
        "iou": value_of(lambda: binary.jc(*masks)),
        "precision": value_of(lambda: binary.precision(*masks)),
        "recall": value_of(lambda: binary.recall(*masks)),
        "specificity": value_of(lambda: binary.specificity(*masks)),
        "relative-volume-difference": value_of(lambda: binary.ravd(*masks)),
        "hd": value_of(lambda: binary.hd(*masks, spacing)),
        "hd95-pooled": value_of(lambda: binary.hd95(*masks, spacing)),
        "assd": value_of(lambda: binary.assd(*masks, spacing)),
        "asd-from-prediction": value_of(lambda: binary.asd(prediction, reference, spacing)),
        "asd-from-reference": value_of(lambda: binary.asd(reference, prediction, spacing)),
        "hd95-pooled in voxels": value_of(lambda: binary.hd95(*masks)),
    }


def by_monai(prediction, reference, spacing):
    masks = [torch.from_numpy(mask[None, None].astype(np.uint8)) for mask in (prediction, reference)]
    options = {"include_background": True, "spacing": spacing}
    return {
        "dice": value_of(lambda: compute_dice(*masks)),
        "hd": value_of(lambda: compute_hausdorff_distance(*masks, **options)),
        "hd95": value_of(lambda: compute_hausdorff_distance(*masks, percentile=95, **options)),
        "assd": value_of(lambda: compute_average_surface_distance(*masks, symmetric=True, **options)),
        "nsd": value_of(lambda: compute_surface_dice(*masks, [1.6], **options)),
        "hd95 in voxels": value_of(
            lambda: compute_hausdorff_distance(*masks, percentile=95, include_background=True)
        ),
    }


def by_scipy(prediction, reference):
    """Lesions with 26 neighbours (8 in a slice), matched as the definitions say."""
    corners = ndimage.generate_binary_structure(prediction.ndim, prediction.ndim)
    predicted, predictions = ndimage.label(prediction, corners)
    wanted, lesions = ndimage.label(reference, corners)
    touched = [set(np.unique(predicted[wanted == n + 1])) - {0} for n in range(lesions)]
    dice, ious = [], []
    for n, others in enumerate(touched):
        lesion, union = wanted == n + 1, np.isin(predicted, list(others))
        dice.append(2 * (lesion & union).sum() / (lesion.sum() + union.sum()))
        ious += [(lesion & (predicted == m)).sum() / (lesion | (predicted == m)).sum() for m in others]
    invented = predictions - len(set().union(*touched))
    matched = [iou for iou in ious if iou > 0.5]
    found = sum(len(others) > 0 for others in touched)
    return {
        "lesions-found": found,
        "lesions-missed": lesions - found,
        "lesions-invented": invented,
        "lesion-dice": value_of(lambda: sum(dice) / (lesions + invented)),
        "panoptic-quality": value_of(lambda: sum(matched) / ((lesions + predictions) / 2)),
    }


def main():
    results = {}
    for name, case in CASES.items():
        prediction, reference = [mask_of(case["shape"], **recipe) for recipe in case["masks"]]
        spacing = [float(side) for side in case["spacing"]]
        if case["shape"][0] == 1:
            prediction, reference, spacing = prediction[0], reference[0], spacing[1:]
        results[name] = dict(
            case,
            voxels=[int(prediction.sum()), int(reference.sum())],
            packages={
                "surface-distance 0.1": by_surface_distance(prediction, reference, spacing),
                "MedPy 0.5": by_medpy(prediction, reference, spacing),
                "MONAI 1.3": by_monai(prediction, reference, spacing),
                "SciPy 1.10": by_scipy(prediction, reference),
            },
        )
    print(json.dumps(results, indent=2))


main()
