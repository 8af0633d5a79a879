import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "../support/shared-data.ts";

/** The files of each bundle that ships; hashes are taken out of the manifest, so that mutants come further. */
export function bundleSeeds(): readonly (readonly { readonly name: string; readonly bytes: Uint8Array }[])[] {
  const zoo = fileURLToPath(new URL("models/zoo/", repositoryRoot));
  return readdirSync(zoo).map((bundle) =>
    readdirSync(join(zoo, bundle)).map((name) => {
      const bytes = readFileSync(join(zoo, bundle, name));
      if (name !== "bundle.json") return { name, bytes };
      const { files: _hashes, ...manifest } = JSON.parse(bytes.toString("utf8"));
      return { name, bytes: Buffer.from(JSON.stringify(manifest)) };
    }),
  );
}
