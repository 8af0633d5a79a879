import { loadBundle, openEngine, readScan, segmentScan, writeSegmentation } from "rarevox";

const scan = await readScan("study/"); // a DICOM series, a NIfTI file, …
const bundle = await loadBundle("abdomen-phantom"); // a folder, a .zip, or a name that ships with rarevox
const engine = await openEngine({ device: "auto" }); // one engine serves any number of scans

const segmentation = await segmentScan(scan, bundle, { engine });
for (const { name, millilitres } of segmentation.measurements) console.log(name, millilitres.toFixed(1), "ml");
await writeSegmentation(segmentation, "results/study", { formats: ["nifti", "dicom-seg", "png"] });

await engine.close();
await bundle.close();
