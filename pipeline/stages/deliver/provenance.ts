import type { WrittenFile } from "../../io/atomic-write.ts";
import type { Segmentation } from "../segmentation.ts";

/** Version of the layout of `provenance.json`. */
const SCHEMA = "rarevox-provenance/1";

/**
 * What made a segmentation, as a JSON document: software, bundle, device, options, every input and output by its hash.
 *
 * Inputs are counted, not named: file names may hold a patient's.
 */
export function provenanceJson(
  { provenance, scan, warnings }: Segmentation,
  { outputs, createdAt }: { readonly outputs: readonly WrittenFile[]; readonly createdAt: Date },
): string {
  const document = {
    schema: SCHEMA,
    createdAt: createdAt.toISOString(),
    ...provenance,
    input: {
      format: scan.format,
      modality: scan.modality ?? null,
      files: scan.inputs.map(({ bytes, sha256 }) => ({ bytes, sha256 })),
    },
    warnings: warnings.map(({ code, text }) => ({ code, text })),
    outputs,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
