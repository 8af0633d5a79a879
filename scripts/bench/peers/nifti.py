"""Times nibabel and SimpleITK reading a .nii.gz file and writing it again; prints one line per action and peer."""

import json
import os
import sys
import time


def report(action_name, peer, action, runs):
    action()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps({"case": action_name, "peer": peer, "timesMs": times}), flush=True)


def nibabel_peer(source, target, runs):
    import nibabel
    import numpy

    name = f"nibabel {nibabel.__version__}"

    def read():
        return numpy.asarray(nibabel.load(source).dataobj)

    loaded = nibabel.load(source)
    image = nibabel.Nifti1Image(read(), loaded.affine, loaded.header)
    report("read", name, read, runs)
    report("write", name, lambda: nibabel.save(image, target), runs)


def itk_peer(source, target, runs):
    import SimpleITK as sitk

    name = f"SimpleITK {sitk.Version_VersionString()}"
    image = sitk.ReadImage(source)
    report("read", name, lambda: sitk.ReadImage(source), runs)
    report("write", name, lambda: sitk.WriteImage(image, target, True), runs)


def main():
    runs, source, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    for peer in (nibabel_peer, itk_peer):
        try:
            peer(source, os.path.join(folder, "peer.nii.gz"), runs)
        except ImportError as missing:
            print(f"no peer: {missing}", file=sys.stderr)


main()
