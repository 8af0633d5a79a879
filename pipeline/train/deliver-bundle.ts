import type { NetworkSettings } from "../../models/architectures/index.ts";
import { encodeModel } from "../../models/graph/encode.ts";
import { inferenceGraph } from "../../models/inference-graph.ts";
import { BACKGROUND, type BundleManifest, MANIFEST_VERSION } from "../bundle/manifest-schema.ts";
import type { UnsavedBundle } from "../bundle/save-bundle.ts";
import type { TrainingDataset } from "./dataset/training-dataset.ts";
import { planNetwork } from "./plan-network.ts";
import type { TrainingPlan } from "./plan-schema.ts";

/** What a bundle of a trained network is made from. */
export interface DeliveredBundle {
  readonly plan: TrainingPlan;
  readonly dataset: Pick<TrainingDataset, "name" | "license" | "reference">;
  readonly settings: NetworkSettings;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly training: NonNullable<BundleManifest["training"]>;
  readonly scores?: NonNullable<BundleManifest["scores"]>;
}

/** A bundle that `rarevox segment` runs, around trained weights. */
export function trainedBundle({ plan, dataset, settings, weights, training, scores }: DeliveredBundle): UnsavedBundle {
  const { network, channels, sides, output, classBias } = planNetwork(plan, { settings, deepSupervision: false });
  const name = slugOf(plan.dataset);
  const graph = inferenceGraph({ name, network, weights, channels, sides });
  const classes = new Map(plan.classes.map((each) => [each.id, each.name]));
  const { license = "unknown", reference } = dataset;
  const bias = classBias(weights);
  return {
    files: new Map([[MODEL_FILE, encodeModel(graph)]]),
    manifest: {
      schema: `rarevox-bundle/${MANIFEST_VERSION}`,
      name,
      version: "1.0.0",
      license,
      ...(reference === undefined ? {} : { citation: reference }),
      intendedUse: `Research on images like those of ${plan.dataset}; not a medical device.`,
      modalities: plan.modalities,
      classes: plan.classes,
      input: plan.input,
      orientation: plan.orientation,
      networks: [
        {
          name: settings.kind,
          file: MODEL_FILE,
          spacingMm: plan.spacingMm,
          interpolation: plan.interpolation,
          normalise: "before-resampling",
          patch: { kind: "fixed", size: plan.patch },
          overlap: 0.5,
          mirrorAxes: plan.mirrorAxes,
          output: {
            kind: output.kind,
            channels: output.classIds.map((id) => classes.get(id) ?? BACKGROUND),
          },
          ...(bias === undefined ? {} : { classBias: bias }),
        },
      ],
      stages: { segment: [{ network: settings.kind }] },
      training,
      ...(scores === undefined ? {} : { scores }),
    },
  };
}

const MODEL_FILE = "network.onnx";

/** A name that a manifest takes, from one that a person gave. */
export function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 64);
  return slug === "" ? "trained" : slug;
}
