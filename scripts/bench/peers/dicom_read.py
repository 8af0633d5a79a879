"""Times SimpleITK and pydicom reading a folder of DICOM slices into one volume; prints one line per peer."""

import json
import os
import sys
import time


def report(peer, action, runs):
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"case": sys.argv[3], "peer": peer, "timesMs": times}), flush=True)


def itk_peer(folder, runs):
    import SimpleITK as sitk

    def read():
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
        return reader.Execute()

    report(f"SimpleITK {sitk.Version_VersionString()}", read, runs)


def pydicom_peer(folder, runs):
    import numpy
    import pydicom

    def read():
        slices = [pydicom.dcmread(os.path.join(folder, name)) for name in os.listdir(folder)]
        slices.sort(key=lambda each: float(each.ImagePositionPatient[2]))
        scaled = [each.pixel_array * float(each.RescaleSlope) + float(each.RescaleIntercept) for each in slices]
        return numpy.stack(scaled).astype(numpy.int16)

    report(f"pydicom {pydicom.__version__}", read, runs)


def main():
    runs, folder = int(sys.argv[1]), sys.argv[2]
    for peer in (itk_peer, pydicom_peer):
        try:
            peer(folder, runs)
        except (ImportError, RuntimeError) as missing:
            # RuntimeError: pydicom without the decoder that it needs
            print(f"no peer: {missing}", file=sys.stderr)


main()
