"""Prints what nibabel makes of NIfTI files: one JSON object per path, voxels with i fastest."""

import json
import sys

import nibabel
import numpy

for path in sys.argv[1:]:
    image = nibabel.load(path)
    header = image.header
    print(
        json.dumps(
            {
                "affine": image.affine.ravel().tolist(),
                "qform": None if header["qform_code"] == 0 else header.get_qform().ravel().tolist(),
                "sform": None if header["sform_code"] == 0 else header.get_sform().ravel().tolist(),
                "codes": [int(header["qform_code"]), int(header["sform_code"])],
                "shape": list(image.shape),
                "type": str(header.get_data_dtype().newbyteorder("=")),
                "intent": int(header["intent_code"]),
                "intentName": header["intent_name"].item().decode(),
                "zooms": [float(zoom) for zoom in header.get_zooms()],
                "units": int(header["xyzt_units"]),
                "calibration": [float(header["cal_min"]), float(header["cal_max"])],
                "voxels": numpy.asarray(image.dataobj, dtype=numpy.float64).ravel(order="F").tolist(),
            }
        )
    )
