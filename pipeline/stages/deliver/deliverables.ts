import { writeFileWhole } from "../../io/atomic-write.ts";
import type { ScanWriter, WriteOptions } from "../../io/scan-format.ts";
import { writerNamed } from "../../io/writers.ts";
import type { Scan } from "../../volume/scan.ts";
import type { Segmentation } from "../segmentation.ts";
import { measurementsCsv, measurementsJson } from "./measurements.ts";
import { montage } from "./montage/montage.ts";

/** One kind of output of a case. */
export interface Deliverable {
  /** What `--formats` calls it. */
  readonly name: string;
  /** File it is written to, in the case's folder. */
  readonly file: string;
  /** Whether it can only be written with a DICOM series to refer to. */
  readonly needsDicom: boolean;
  readonly write: (segmentation: Segmentation, path: string, options: WriteOptions) => Promise<void>;
}

/** Every kind of output; a new one is a line here. `provenance.json` comes with all of them. */
export const deliverables: readonly Deliverable[] = [
  labelMap("nifti", "segmentation.nii.gz"),
  { ...labelMap("dicom-seg", "segmentation.seg.dcm"), needsDicom: true },
  labelMap("nrrd", "segmentation.seg.nrrd"),
  labelMap("metaimage", "segmentation.mha"),
  text("json", "measurements.json", measurementsJson),
  text("csv", "measurements.csv", ({ measurements }) => measurementsCsv(measurements)),
  {
    name: "png",
    file: "montage.png",
    needsDicom: false,
    write: async (segmentation, path) => {
      // Not before a picture is wanted: the picture library is a good part of what a command loads.
      const { encodePicture } = await import("../../io/png-picture.ts");
      await writeBytes(path, () => encodePicture(montage(segmentation)));
    },
  },
];

/** Names of all of them. */
export const deliverableFormats: readonly string[] = deliverables.map(({ name }) => name);

/** What a case gets when nothing else is said. */
export const defaultDeliverables: readonly string[] = ["nifti", "dicom-seg", "json", "csv", "png"];

function labelMap(name: string, file: string): Deliverable {
  return {
    name,
    file,
    needsDicom: false,
    write: async (segmentation, path, options) => {
      const writer: ScanWriter = writerNamed(name);
      await writer.write(labelScanOf(segmentation), path, options);
    },
  };
}

function text(name: string, file: string, render: (segmentation: Segmentation) => string): Deliverable {
  const write: Deliverable["write"] = (segmentation, path) =>
    writeBytes(path, async () => Buffer.from(render(segmentation), "utf8"));
  return { name, file, needsDicom: false, write };
}

async function writeBytes(path: string, render: () => Promise<Uint8Array>): Promise<void> {
  await writeFileWhole(path, async (append) => append(await render()));
}

/** A segmentation as a scan whose voxels are the labels. */
function labelScanOf({ labels, classes, scan }: Segmentation): Scan {
  return { ...scan, channels: [labels], classes, warnings: [] };
}
