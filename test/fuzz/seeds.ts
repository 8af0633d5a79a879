import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePicture } from "../../pipeline/io/png-picture.ts";
import { writerNamed } from "../../pipeline/io/writers.ts";
import { volumeOf } from "../../pipeline/volume/volume.ts";
import { boxesVolume, mrScan, straightGrid } from "../support/boxes-scan.ts";
import { originOnGrid } from "../support/phantom-series.ts";
import { repositoryRoot } from "../support/shared-data.ts";

/** A good file to begin with. */
export interface Seed {
  readonly name: string;
  /** Ending that a mutant gets. */
  readonly ending: string;
  readonly bytes: Uint8Array;
}

/** Good files of every format that is written here, and real compressed ones where the shared data is at hand. */
export async function seedsIn(folder: string): Promise<readonly Seed[]> {
  const grid = straightGrid([3, 12, 17], [3, 2, 1]);
  const scan = mrScan(boxesVolume(grid, [{ box: { start: [0, 2, 3], stop: [3, 9, 11] }, intensity: 300 }]));
  const data = Uint8Array.from(scan.channels[0].data, (value) => (value === 0 ? 0 : 1));
  const classes = [{ id: 1, name: "liver", colorRgb: [200, 100, 50] as const }];
  const labels = { ...scan, channels: [volumeOf(data, grid)] as const, classes, dicom: originOnGrid(grid) };
  const written = async (format: string, name: string, given: typeof scan = scan) => {
    const [path] = await writerNamed(format).write(given, join(folder, name), {});
    return readFileSync(path);
  };
  const picture = { width: 9, height: 7, rgb: new Uint8Array(9 * 7 * 3).fill(99), texts: [] };
  return [
    { name: "DICOM", ending: ".dcm", bytes: await written("dicom", "series/") },
    { name: "DICOM SEG", ending: ".dcm", bytes: await written("dicom-seg", "labels.seg.dcm", labels) },
    { name: "NIfTI", ending: ".nii", bytes: await written("nifti", "scan.nii") },
    { name: "NIfTI gzip", ending: ".nii.gz", bytes: await written("nifti", "scan.nii.gz") },
    { name: "NRRD", ending: ".nrrd", bytes: await written("nrrd", "scan.nrrd") },
    { name: "MetaImage", ending: ".mha", bytes: await written("metaimage", "scan.mha") },
    { name: "PNG", ending: ".png", bytes: await encodePicture(picture) },
    ...realSeeds(),
  ];
}

function realSeeds(): readonly Seed[] {
  const folder = fileURLToPath(new URL("../shared/data/dicom/transfer-syntaxes/", repositoryRoot));
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".dcm"))
    .map((name) => ({ name: `DICOM, real ${name}`, ending: ".dcm", bytes: readFileSync(join(folder, name)) }));
}
