"""Writes a DICOM segmentation with pydicom in a way that rarevox does not write itself.

Usage: make-segmentation.py segmentation.dcm request.json
request.json: {"labels": path of raw ids, "type": "uint8"|"uint16", "shape": [D, H, W], "rows": index-to-LPS matrix,
row-major, "names": {id: label}, "kind": "BINARY"|"FRACTIONAL"|"LABELMAP", "syntax": "implicit"|"explicit"|"rle"}

Frames come in reverse order with all functional groups of their own, without dimensions, codes, colours or a stated step;
a LABELMAP is a palette image that describes its background as segment 0.
"""
import json
import sys

import numpy
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless, generate_uid

with open(sys.argv[2]) as file:
    request = json.load(file)
labels = numpy.fromfile(request["labels"], request["type"]).reshape(request["shape"])
rows = numpy.array(request["rows"]).reshape(4, 4)
kind = request["kind"]
step = numpy.linalg.norm(rows[:3, :3], axis=0)


def groups(depth, segment):
    measures, orientation, position = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing = [f"{step[1]:.10g}", f"{step[2]:.10g}"]
    orientation.ImageOrientationPatient = [f"{v:.12f}" for v in [*rows[:3, 2] / step[2], *rows[:3, 1] / step[1]]]
    position.ImagePositionPatient = [f"{v:.10f}" for v in rows[:3, 3] + depth * rows[:3, 0]]
    group = Dataset()
    group.PixelMeasuresSequence = [measures]
    group.PlaneOrientationSequence = [orientation]
    group.PlanePositionSequence = [position]
    if segment is not None:
        identification = Dataset()
        identification.ReferencedSegmentNumber = segment
        group.SegmentIdentificationSequence = [identification]
    return group


def segment_item(number, name):
    item = Dataset()
    item.SegmentNumber = number
    item.SegmentLabel = name
    item.SegmentAlgorithmType = "MANUAL"
    return item


places = [(d, i) for i in map(int, request["names"]) for d in range(len(labels)) if (labels[d] == i).any()]
if kind == "LABELMAP":
    places = [(d, None) for d in range(len(labels))]
places.reverse()
frames = [labels[d] if i is None else labels[d] == i for d, i in places]

dataset = FileDataset(sys.argv[1], {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66.7" if kind == "LABELMAP" else "1.2.840.10008.5.1.4.1.1.66.4"
dataset.SOPInstanceUID = generate_uid(entropy_srcs=["segmentation"])
dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
dataset.Modality = "SEG"
dataset.SegmentationType = kind
dataset.NumberOfFrames = len(frames)
dataset.Rows, dataset.Columns = labels.shape[1:]
dataset.SamplesPerPixel = 1
dataset.PhotometricInterpretation = "PALETTE COLOR" if kind == "LABELMAP" else "MONOCHROME2"
bits = 1 if kind == "BINARY" else 8 * labels.itemsize
dataset.BitsAllocated = dataset.BitsStored = bits
dataset.HighBit = bits - 1
dataset.PixelRepresentation = 0
items = [segment_item(int(i), name) for i, name in request["names"].items()]
dataset.SegmentSequence = ([segment_item(0, "background")] if kind == "LABELMAP" else []) + items
dataset.PerFrameFunctionalGroupsSequence = [groups(d, i) for d, i in places]
if kind == "BINARY":
    dataset.PixelData = numpy.packbits(numpy.concatenate([f.ravel() for f in frames]), bitorder="little").tobytes()
elif kind == "FRACTIONAL":
    dataset.SegmentationFractionalType = "PROBABILITY"
    dataset.MaximumFractionalValue = 100
    dataset.PixelData = numpy.concatenate([numpy.where(f, 50, 49).ravel() for f in frames]).astype("u1").tobytes()
else:
    dataset.PixelData = numpy.concatenate([f.ravel() for f in frames]).tobytes()
dataset.PixelData += b"\0" * (len(dataset.PixelData) % 2)
dataset["PixelData"].VR = "OW" if bits == 16 else "OB"

syntax = request["syntax"]
dataset.is_little_endian = True
dataset.is_implicit_VR = syntax == "implicit"
dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if syntax == "implicit" else ExplicitVRLittleEndian
if syntax == "rle":
    dataset.compress(RLELossless, encoding_plugin="pydicom")
dataset.save_as(sys.argv[1], write_like_original=False)
