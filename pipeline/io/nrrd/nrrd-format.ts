import { textHeaderFormat } from "../text-header/text-header-format.ts";
import { nrrdPlanOf } from "./nrrd-plan.ts";

/** Nearly raw raster data: `.nrrd`, `.nhdr` with voxels beside it, and the `.seg.nrrd` of 3D Slicer. */
export const nrrdFormat = textHeaderFormat({
  name: "nrrd",
  title: "NRRD",
  prefix: "NRRD",
  extensions: [".nrrd", ".nhdr"],
  recognises: (head) => /^NRRD000\d/.test(String.fromCharCode(...head.subarray(0, 8))),
  isLast: (line) => line === "",
  planOf: nrrdPlanOf,
});
