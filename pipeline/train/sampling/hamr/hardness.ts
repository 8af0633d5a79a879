import type { FoundPatches } from "../../../runtime/training-session.ts";
import type { HamrSettings } from "./hamr.ts";
import { neighbourBoost } from "./neighbour-boost.ts";

/** What is known of how hard each item is. */
export interface Hardness {
  /** Takes in what a step found of the items that its patches were drawn around. */
  note(items: readonly number[], found: FoundPatches): void;
  /** Sets the chances anew from what was noted. */
  refresh(): void;
  /** The chance of each item, as a share, as it was set last; `undefined` before that. */
  chances(): Float32Array<ArrayBuffer> | undefined;
  /** All of it as text, for a checkpoint. */
  toText(): string;
}

/** Keeps an item that was never hard from being lost. */
const EPSILON = 1e-6;

/**
 * Moving average of how hard each item was when a patch was drawn around it, with what the patch looked like.
 *
 * Chances are (h + epsilon)^tau (1 + lambda b): h the difficulty, b how often the item is a neighbour of hard ones.
 *
 * Source: HAMR, arXiv:2604.18759, for patches around a class in a case in the place of texts; only what was visited decays
 */
export function hardnessOf(count: number, settings: HamrSettings, text?: string): Hardness {
  const { decay = 0.9, tau = 0.7, lambda = 0.7, neighbours = 10, hardShare = 0.1 } = settings;
  const known = text === undefined ? undefined : (JSON.parse(text) as HardnessText);
  const difficulty = known === undefined ? new Float32Array(count).fill(1) : floatsFrom(known.difficulty);
  let width = known?.width ?? 0;
  let features = known === undefined ? new Float32Array(0) : floatsFrom(known.features);
  let chances = known?.chances === undefined ? undefined : floatsFrom(known.chances);
  return {
    note: (items, found) => {
      const own = found.features.length / found.difficulty.length;
      if (width !== own) [width, features] = [own, new Float32Array(count * own)];
      for (const [patch, item] of items.entries()) {
        difficulty[item] = decay * difficulty[item] + (1 - decay) * found.difficulty[patch];
        features.set(found.features.slice(patch * width, (patch + 1) * width), item * width);
      }
    },
    refresh: () => {
      const boost = neighbourBoost(difficulty, { features, width }, { hardShare, neighbours });
      const raw = Float64Array.from(difficulty, (h, n) => (h + EPSILON) ** tau * (1 + lambda * boost[n]));
      const sum = raw.reduce((total, each) => total + each, 0);
      chances = Float32Array.from(raw, (each) => each / sum);
    },
    chances: () => chances,
    toText: () => {
      const set = chances === undefined ? {} : { chances: textFrom(chances) };
      const text: HardnessText = { difficulty: textFrom(difficulty), width, features: textFrom(features), ...set };
      return JSON.stringify(text);
    },
  };
}

interface HardnessText {
  readonly difficulty: string;
  readonly width: number;
  readonly features: string;
  readonly chances?: string;
}

function textFrom(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

function floatsFrom(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
