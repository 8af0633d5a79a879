import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { dicomFormat } from "../../../../../pipeline/io/dicom/dicom-format.ts";
import { defaultLimits } from "../../../../../pipeline/volume/limits.ts";
import { convertedByDcm2niix, niftiVolumeOf } from "../../../../support/dcm2niix.ts";
import { codesOf, listingOf, readFound, readOnly } from "../../../../support/dicom-series.ts";
import { assertSameInWorld, assertSamePlaces } from "../../../../support/same-in-world.ts";
import { sharedData } from "../../../../support/shared-data.ts";
import { requireValidator } from "../../../../support/validators.ts";

/** What 32-bit numbers of a NIfTI header leave of a place some hundred mm away. */
const mm = 1e-4;

describe("dicomFormat, on real series", () => {
  for (const [name, slow, codes] of [
    ["hippocampus-crop-1", "", []],
    ["hippocampus-crop-2", "", []],
    ["brain-mr-oblique", "", ["S_THICKNESS"]],
    ["ct-abdomen", " @slow", ["D_UID_FROM_META", "D_UID", "S_THICKNESS"]],
  ] as const)
    it(`reads ${name} to the voxels and places that dcm2niix finds${slow}`, async function () {
      this.timeout(60_000);
      requireValidator(this, "dcm2niix");
      const folder = sharedData(this, `data/dicom/${name}`);
      const [peer, ...others] = await convertedByDcm2niix(folder);
      assert.deepEqual(others, []);
      const scan = await readOnly(folder);
      assertSameInWorld(scan.channels[0], peer, { mm });
      assert.deepEqual(codesOf(scan), codes);
    });

  it("reads ct-abdomen onto the grid of the segmentation that was made of it @slow", async function () {
    this.timeout(60_000);
    const folder = sharedData(this, "data/dicom/ct-abdomen");
    const labels = await niftiVolumeOf(sharedData(this, "data/dicom/ct-abdomen-reference/segmentation.nii.gz"));
    assertSamePlaces((await readOnly(folder)).channels[0], labels, mm);
  });

  it("S27 reads each time of an enhanced Siemens image to the voxels of its dcm2niix reference", async function () {
    const reference = sharedData(this, "data/dicom/enhanced-mr/reference/Siemens_REST1_w_SMS_PF7-8_6.nii.gz");
    const files = filesIn(sharedData(this, "data/dicom/enhanced-mr/Siemens"));
    for (let volumeIndex = 0; volumeIndex < 4; volumeIndex++) {
      const options = { limits: defaultLimits, volumeIndex };
      const { scans } = await dicomFormat.list(files, options);
      const [chosen, ...others] = scans.filter(({ problem }) => problem === undefined);
      assert.deepEqual([scans.length, others.length], [4, 0]);
      const { channels } = await readFound(chosen, options);
      assertSameInWorld(channels[0], await niftiVolumeOf(reference, { volumeIndex }), { mm });
    }
  });

  it("S27 reads the field map of an enhanced Philips image to its dcm2niix reference", async function () {
    const reference = "data/dicom/enhanced-mr/reference/Philips_WIP_B0_NS_801_e2_fieldmaphz.nii.gz";
    const peer = await niftiVolumeOf(sharedData(this, reference));
    const { channels } = await readPhilips(sharedData(this, "data/dicom/enhanced-mr/Philips"), "real");
    // Its slope is that of the private scaling, 0.2442017 where the standard's is 0.2442002, for values up to 4,095.
    assertSameInWorld(channels[0], peer, { mm, value: 0.01 });
  });

  it("S27 reads the first echo of an enhanced Philips image as dcm2niix -p n does", async function () {
    requireValidator(this, "dcm2niix");
    const folder = sharedData(this, "data/dicom/enhanced-mr/Philips");
    // Without -p n it takes Philips' private scaling; the standard's rescale is what other readers take.
    const [peer] = await convertedByDcm2niix(folder, ["-p", "n"]);
    assertSameInWorld((await readPhilips(folder, "magnitude")).channels[0], peer, { mm, value: 1e-3 });
  });
});

async function readPhilips(folder: string, component: string) {
  const { scans } = await listingOf(folder);
  const found = scans.find(({ part }) => part?.endsWith(component));
  assert.ok(found !== undefined);
  return readFound(found);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
