import { textHeaderFormat } from "../text-header/text-header-format.ts";
import { metaImagePlanOf } from "./metaimage-plan.ts";

/** MetaImage of ITK: `.mha`, and `.mhd` with voxels beside it. */
export const metaImageFormat = textHeaderFormat({
  name: "metaimage",
  title: "MetaImage",
  prefix: "MHA",
  extensions: [".mha", ".mhd"],
  recognises: (head) => /^\s*(ObjectType\s*=\s*Image|NDims\s*=)/i.test(String.fromCharCode(...head.subarray(0, 64))),
  isLast: (line) => /^\s*ElementDataFile\s*=/.test(line),
  planOf: metaImagePlanOf,
});
