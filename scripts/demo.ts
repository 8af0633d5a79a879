import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { abdomenPhantom } from "../fixtures/phantom/abdomen-phantom.ts";
import { closeParsingPool, diceOf, labelOverlaps, readScan, writerNamed } from "../pipeline/index.ts";
import { numberColumns, tableOf, textColumns } from "./table.ts";

/** Everything the demo writes, in the folder that it is started from. */
const folder = resolve("rarevox-demo");
const scanFolder = join(folder, "scan");
const resultsFolder = join(folder, "results");

for (const made of [scanFolder, resultsFolder]) rmSync(made, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { scan, labels, classes } = abdomenPhantom({ seed: 20, tiltDegrees: 8 });
await writerNamed("dicom").write(
  { format: "phantom", channels: [scan], modality: "MR", warnings: [], inputs: [] },
  scanFolder,
  {
    modality: "MR",
    identity: {
      patientName: "Phantom^Abdomen",
      patientId: "PHANTOM-1",
      studyDescription: "rarevox demo",
      seriesDescription: "synthetic abdomen",
    },
  },
);
say(`A synthetic abdominal MR scan of ${scan.shape.join(" × ")} voxels, written as a DICOM series to ${scanFolder}`);

const formats = "nifti,dicom-seg,nrrd,json,csv,png";
const parts = ["segment", scanFolder, "--bundle", "abdomen-phantom", "--out", resultsFolder, "--formats", formats];
say(`\n$ rarevox ${parts.join(" ")}`);
const cli = fileURLToPath(new URL("./cli.js", import.meta.url));
const { status } = spawnSync(process.execPath, [cli, ...parts], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

say("\nThe phantom was drawn, so its true labels are known. Agreement with them:");
const { channels } = await readScan(join(resultsFolder, "scan", "segmentation.nii.gz"));
const found = Uint8Array.from(channels[0].data);
const overlaps = labelOverlaps(found, { reference: labels.data, largestId: classes.length });
say(
  tableOf(
    [...textColumns("class"), ...numberColumns("found", "true", "Dice")],
    overlaps.map((overlap, i) => [
      classes[i].name,
      String(overlap.prediction),
      String(overlap.reference),
      diceOf(overlap).toFixed(3),
    ]),
  ),
);
closeParsingPool();
say(`\nLook at ${join(resultsFolder, "scan", "montage.png")}`);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
