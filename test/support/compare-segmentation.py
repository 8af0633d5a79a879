"""Decodes a DICOM segmentation with pydicom, unpacking its bits by hand, and compares it with labels on a grid.

Usage: compare-segmentation.py segmentation.dcm expected.json
expected.json: {"labels": path of raw ids, "type": "uint8"|"uint16", "shape": [D, H, W], "rows": index-to-LPS matrix,
row-major, "ids": {segment label: id}}
Prints {"different": voxels, "distanceMm": farthest a pixel's centre lies from a voxel's centre, "set": voxels not background}
"""
import json
import sys

import numpy
import pydicom

dataset = pydicom.dcmread(sys.argv[1])
with open(sys.argv[2]) as file:
    expected = json.load(file)
labels = numpy.fromfile(expected["labels"], expected["type"]).reshape(expected["shape"])
to_index = numpy.linalg.inv(numpy.array(expected["rows"]).reshape(4, 4))
ids = {item.SegmentNumber: expected["ids"][item.SegmentLabel] for item in dataset.SegmentSequence}

count, height, width = int(dataset.NumberOfFrames), dataset.Rows, dataset.Columns
if dataset.SegmentationType == "BINARY":
    bits = numpy.unpackbits(numpy.frombuffer(dataset.PixelData, numpy.uint8), bitorder="little")
    frames = bits[: count * height * width].reshape(count, height, width)
else:
    kind = "<u2" if dataset.BitsAllocated == 16 else "u1"
    frames = numpy.frombuffer(dataset.PixelData, kind, count * height * width).reshape(count, height, width)

# PS3.3 C.7.6.2.1.1: position of column i, row j = first pixel + i * row cosine * column spacing + j * ...
shared = dataset.SharedFunctionalGroupsSequence[0]
cosines = numpy.array(shared.PlaneOrientationSequence[0].ImageOrientationPatient, float).reshape(2, 3)
row_spacing, column_spacing = map(float, shared.PixelMeasuresSequence[0].PixelSpacing)
j, i = numpy.mgrid[0:height, 0:width]
in_plane = i[..., None] * column_spacing * cosines[0] + j[..., None] * row_spacing * cosines[1]

decoded = numpy.zeros_like(labels)
distance = 0.0
for frame, group in zip(frames, dataset.PerFrameFunctionalGroupsSequence):
    first = numpy.array(group.PlanePositionSequence[0].ImagePositionPatient, float)
    positions = (first + in_plane)[frame > 0]
    index = positions @ to_index[:3, :3].T + to_index[:3, 3]
    nearest = numpy.rint(index).astype(int)
    off = (index - nearest) @ numpy.array(expected["rows"]).reshape(4, 4)[:3, :3].T
    distance = max(distance, numpy.abs(off).max(initial=0))
    if dataset.SegmentationType == "BINARY":
        value = ids[group.SegmentIdentificationSequence[0].ReferencedSegmentNumber]
    else:
        value = [ids[number] for number in frame[frame > 0]]
    decoded[tuple(nearest.T)] = value

print(json.dumps({
    "different": int((decoded != labels).sum()),
    "distanceMm": float(distance),
    "set": int((decoded > 0).sum()),
}))
