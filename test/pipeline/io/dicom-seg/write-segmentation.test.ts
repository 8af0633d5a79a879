import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { anatomicalStructures } from "../../../../pipeline/io/dicom-seg/snomed-table.ts";
import { writeDicomSegmentation } from "../../../../pipeline/io/dicom-seg/write-segmentation.ts";
import { readScan } from "../../../../pipeline/io/read-scan.ts";
import { ConfigError, GeometryError } from "../../../../pipeline/volume/errors.ts";
import type { CodedConcept, LabelClass } from "../../../../pipeline/volume/label-class.ts";
import { randomFrom } from "../../../../pipeline/volume/random.ts";
import type { DicomOrigin } from "../../../../pipeline/volume/scan.ts";
import { type Grid, type LabelMap, volumeOf, voxelCountOf } from "../../../../pipeline/volume/volume.ts";
import {
  gutClasses,
  obliqueGrid,
  originOnGrid,
  randomLabels,
  reorderings,
  scanOfLabels,
} from "../../../support/phantom-series.ts";
import { codeOfFailure } from "../../../support/read-bytes.ts";
import { comparedByPydicom, dciodvfyErrors } from "../../../support/segmentation-peers.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { requireValidator } from "../../../support/validators.ts";

const now = new Date("2026-01-02T03:04:05Z");
const network = { name: "gut-net", version: "2.0" };

// 23 * 38 pixels are no whole number of bytes, so frames begin inside bytes.
const axial = obliqueGrid([7, 23, 38], { spacingMm: [3, 2, 1], angles: [0, 0, 0], originXyz: [-12.5, 33, -101.25] });
const oblique = obliqueGrid([5, 9, 11], { spacingMm: [3, 2, 1], angles: [0.3, -0.2, 0.1], originXyz: [-7, 1 / 3, 50] });

const manyClasses: readonly LabelClass[] = anatomicalStructures.slice(0, 60).map(([, name], index) => ({
  id: 3 * index + 2,
  name,
  colorRgb: [index, 2 * index, 255 - index],
}));

interface Case {
  readonly name: string;
  readonly origin: DicomOrigin;
  readonly classes: readonly LabelClass[];
}

const cases: readonly Case[] = [
  { name: "axial slices of 23 x 38", origin: originOnGrid(axial), classes: gutClasses },
  { name: "oblique slices", origin: originOnGrid(oblique), classes: gutClasses },
  { name: "60 classes with gaps between their ids", origin: originOnGrid(oblique), classes: manyClasses },
  { name: "a multi-frame source", origin: originOnGrid(oblique, { multiFrame: true }), classes: gutClasses },
];

describe("writeDicomSegmentation", () => {
  for (const { name, origin, classes } of cases) {
    const ids = classes.map(({ id }) => id);
    const labels = randomLabels(origin.grid, { random: randomFrom(name), ids });

    it(`passes dciodvfy and comes back from pydicom voxel by voxel: ${name}`, async function () {
      requireValidator(this, "dciodvfy");
      requireValidator(this, "pydicom");
      const path = join(temporaryFolder(), "a.seg.dcm");
      const segmentation = { algorithm: network };
      await writeDicomSegmentation(scanOfLabels(labels, classes, origin), path, { segmentation, now });
      assert.deepEqual(dciodvfyErrors(path, "Segmentation"), []);
      assertSame(comparedByPydicom(path, labels, classes), labels);
    });

    it(`comes back from pydicom as LABELMAP: ${name}`, async function () {
      requireValidator(this, "pydicom");
      const path = join(temporaryFolder(), "a.seg.dcm");
      await writeDicomSegmentation(scanOfLabels(labels, classes, origin), path, {
        segmentation: { encoding: "labelmap", algorithm: network },
        now,
      });
      assertSame(comparedByPydicom(path, labels, classes), labels);
    });
  }

  it("keeps ids above 255 in a LABELMAP", async function () {
    requireValidator(this, "pydicom");
    const classes = gutClasses.map((labelClass) => ({ ...labelClass, id: 300 * labelClass.id }));
    const ids = classes.map(({ id }) => id);
    const labels = randomLabels(oblique, { random: randomFrom(3), ids, Array: Uint16Array });
    const path = join(temporaryFolder(), "a.seg.dcm");
    const segmentation = { encoding: "labelmap" } as const;
    await writeDicomSegmentation(scanOfLabels(labels, classes, originOnGrid(oblique)), path, { segmentation, now });
    assertSame(comparedByPydicom(path, labels, classes), labels);
  });

  it("keeps a marker at the left, anterior, superior corner where the label map's axes run elsewhere @slow", async function () {
    this.timeout(20_000);
    requireValidator(this, "pydicom");
    // Axes of the axial grid point to superior, posterior and left: last slice, first row, last column.
    const marker = volumeOf(new Uint8Array(voxelCountOf(axial.shape)), axial);
    marker.data[6 * 23 * 38 + 37] = 1;
    const origin = originOnGrid(axial);
    const some = reorderings(marker).filter((_, index) => index % 7 === 3);
    assert.equal(some.length, 7);
    for (const labels of some) {
      const path = join(temporaryFolder(), "a.seg.dcm");
      await writeDicomSegmentation(scanOfLabels(labels, gutClasses, origin), path, { now });
      assertSame(comparedByPydicom(path, labels, gutClasses), labels);
      assertSame(comparedByPydicom(path, marker, gutClasses), marker);
    }
  });

  it("takes the source series from the reference where the labels came from elsewhere", async () => {
    const path = join(temporaryFolder(), "a.seg.dcm");
    const labels = randomLabels(oblique, { random: randomFrom(1), ids: [1] });
    await writeDicomSegmentation(scanOfLabels(labels, gutClasses), path, { reference: originOnGrid(oblique), now });
    assert.ok(readFileSync(path).includes("2.25.2001\0"));
  });

  it("repeats the patient and study word for word, whatever the source holds", async () => {
    const attributes = {
      PatientName: ["Yamada^Tarou=山田^太郎=やまだ^たろう"],
      PatientID: ["007 A"],
      PatientAge: ["045Y"],
      PatientWeight: ["70.50"],
      PatientSize: ["1.800"],
      LossyImageCompression: ["01"],
      LossyImageCompressionRatio: ["10.0", "3"],
      LossyImageCompressionMethod: ["ISO_10918_1", "ISO_15444_1"],
      OtherPatientIDs: ["a", "b"],
      PatientComments: [`two\r\nlines ${"x".repeat(70)}`],
      AccessionNumber: ["12345678901234567890"],
      StudyDate: ["20200304"],
      StudyInstanceUID: ["1.2.03"],
    };
    const origin = { ...originOnGrid(oblique), studyInstanceUid: "1.2.03", attributes };
    const labels = randomLabels(oblique, { random: randomFrom(1), ids: [1] });
    const path = join(temporaryFolder(), "a.seg.dcm");
    await writeDicomSegmentation(scanOfLabels(labels, gutClasses, origin), path, { now });
    const { dicom } = await readScan(path);
    for (const [keyword, texts] of Object.entries(attributes))
      if (keyword !== "StudyInstanceUID") assert.deepEqual(dicom?.attributes[keyword], texts, keyword);
    assert.equal(dicom?.studyInstanceUid, "1.2.03");
  });

  it("writes labels with odd names and codes: empty meanings, 18 digits, separators, 80 characters", async function () {
    requireValidator(this, "dciodvfy");
    const names = ["a\\b", ` left ${"x".repeat(80)}`, "Blinddarm (Zökum)"];
    const types = ["10200004", "999999990989121104", "66754008"].map((value) => ({
      scheme: "SCT",
      value,
      meaning: "",
    }));
    const classes = names.map((name, i): LabelClass => ({ id: i + 1, name, colorRgb: [0, 255, i], type: types[i] }));
    const labels = randomLabels(oblique, { random: randomFrom(2), ids: [1, 2, 3] });
    const path = join(temporaryFolder(), "a.seg.dcm");
    await writeDicomSegmentation(scanOfLabels(labels, classes, originOnGrid(oblique)), path, { now });
    assert.deepEqual(dciodvfyErrors(path, "Segmentation"), []);
    const read = (await readScan(path)).classes ?? [];
    assert.deepEqual(
      read.map(({ type }) => type?.value),
      types.map(({ value }) => value),
    );
    assert.deepEqual(
      read.map(({ type }) => type?.meaning),
      ["Liver", `left ${"x".repeat(59)}`, "Appendix"],
    );
  });

  it("gives the same content the same bytes, and other content another UID", async () => {
    const labels = randomLabels(oblique, { random: randomFrom(1), ids: [1, 2] });
    const origin = originOnGrid(oblique);
    const bytesOf = async (map: LabelMap, classes = gutClasses) => {
      const path = join(temporaryFolder(), "a.seg.dcm");
      await writeDicomSegmentation(scanOfLabels(map, classes, origin), path, { now });
      return readFileSync(path);
    };
    const uidOf = (bytes: Buffer) => /2\.25\.\d+/.exec(bytes.toString("latin1"))?.[0];
    const first = await bytesOf(labels);
    assert.deepEqual(await bytesOf(labels), first);
    const moved = volumeOf(labels.data.toReversed() as Uint8Array, oblique);
    assert.notEqual(uidOf(await bytesOf(moved)), uidOf(first));
    const renamed = gutClasses.map((labelClass) => ({ ...labelClass, name: `left ${labelClass.name}` }));
    assert.notEqual(uidOf(await bytesOf(labels, renamed)), uidOf(first));
  });

  it("leaves a class without a voxel out, and says so", async () => {
    const labels = randomLabels(oblique, { random: randomFrom(1), ids: [2] });
    const path = join(temporaryFolder(), "a.seg.dcm");
    const { warnings } = await writeDicomSegmentation(scanOfLabels(labels, gutClasses, originOnGrid(oblique)), path);
    assert.deepEqual(warnings, [
      { code: "W_ABSENT", where: path, text: "no voxel, so no segment, for stomach, appendix, cecum, rectum" },
    ]);
  });

  describe("with classes that have no code", () => {
    const classes: readonly LabelClass[] = [
      { id: 1, name: "gizmo", colorRgb: [1, 2, 3] },
      { id: 2, name: "liver", colorRgb: [1, 2, 3] },
    ];
    const scan = scanOfLabels(
      volumeOf(
        Uint8Array.from({ length: 495 }, (_, i) => 1 + (i % 2)),
        oblique,
      ),
      classes,
      originOnGrid(oblique),
    );

    it("refuses them by name", async () => {
      const parent = temporaryFolder();
      await assert.rejects(writeDicomSegmentation(scan, join(parent, "a.seg.dcm")), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(error.problem.code, "W_UNCODED");
        assert.equal(error.problem.got, 'none for "gizmo"');
        return true;
      });
      assert.deepEqual(readdirSync(parent), []);
    });

    it('calls them "Tissue" when told to', async function () {
      requireValidator(this, "dciodvfy");
      const path = join(temporaryFolder(), "a.seg.dcm");
      await writeDicomSegmentation(scan, path, { segmentation: { uncoded: "tissue" }, now });
      assert.deepEqual(dciodvfyErrors(path, "Segmentation"), []);
    });

    it("M32 refuses a SNOMED code with a wrong check digit, and codes of other schemes", async () => {
      const refusal = async (type: CodedConcept) => {
        const coded = { ...scan, classes: [{ ...classes[0], type }, classes[1]] };
        return codeOfFailure(writeDicomSegmentation(coded, join(temporaryFolder(), "a.seg.dcm")));
      };
      assert.equal(await refusal({ scheme: "SCT", value: "10200005", meaning: "Liver" }), "W_CODE");
      assert.equal(await refusal({ scheme: "SRT", value: "T-62000", meaning: "Liver" }), "W_UNCODED");
    });

    it("takes the codes that the class itself has", async () => {
      const path = join(temporaryFolder(), "a.seg.dcm");
      const type = { scheme: "SCT", value: "10200004", meaning: "Liver" };
      await writeDicomSegmentation({ ...scan, classes: [{ ...classes[0], type }, classes[1]] }, path);
      assert.ok(readFileSync(path).includes("10200004"));
    });
  });

  describe("refuses and writes nothing", () => {
    const labels = randomLabels(oblique, { random: randomFrom(1), ids: [1] });
    const refusals: Record<string, () => Promise<unknown>> = {
      "labels without a source series": () => writeDicomSegmentation(scanOfLabels(labels, gutClasses), "x/a.seg.dcm"),
      "a source series without a frame of reference": () => {
        const origin = { ...originOnGrid(oblique), frameOfReferenceUid: undefined };
        return writeDicomSegmentation(scanOfLabels(labels, gutClasses, origin), "x/a.seg.dcm");
      },
      "a label map without a voxel": () => {
        const empty = volumeOf(new Uint8Array(495), oblique);
        return writeDicomSegmentation(scanOfLabels(empty, gutClasses, originOnGrid(oblique)), "x/a.seg.dcm");
      },
      "an image that is no label map": () => {
        const image = { ...scanOfLabels(labels, gutClasses, originOnGrid(oblique)) };
        return writeDicomSegmentation(
          { ...image, channels: [{ ...labels, data: new Float32Array(495) }] },
          "x/a.seg.dcm",
        );
      },
    };
    for (const [name, refused] of Object.entries(refusals))
      it(name, async () => assert.rejects(refused(), ConfigError));

    it("labels on another grid than the series", async () => {
      const elsewhere: Grid = obliqueGrid([5, 9, 11], {
        spacingMm: [3, 2, 1],
        angles: [0.3, -0.2, 0.1],
        originXyz: [-7, 1 / 3, 50.002],
      });
      const parent = temporaryFolder();
      const scan = scanOfLabels(labels, gutClasses, originOnGrid(elsewhere));
      await assert.rejects(writeDicomSegmentation(scan, join(parent, "a.seg.dcm")), GeometryError);
      assert.deepEqual(readdirSync(parent), []);
    });
  });
});

/** Every voxel the same, and no pixel's centre farther from a voxel's than 16 characters of position can say. */
function assertSame(compared: ReturnType<typeof comparedByPydicom>, { data }: LabelMap): void {
  assert.equal(compared.different, 0);
  assert.equal(compared.set, Array.from(data).filter((id) => id > 0).length);
  assert.ok(compared.distanceMm < 1e-6, `${compared.distanceMm} mm`);
}
