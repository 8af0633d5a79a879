import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import type { Context } from "mocha";
import { skip } from "./shared-data.ts";

/** Debian's interpreter, the one that sees Debian's nibabel, pydicom, SciPy. */
export const debianPython = "/usr/bin/python3";

/** An interpreter with PyTorch and MONAI, where RAREVOX_PYTHON names one. */
export const torchPython = process.env.RAREVOX_PYTHON ?? debianPython;

/** SwiftShader's Vulkan driver, from Debian's `chromium`. */
export const softwareVulkanDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";

const available = {
  dciodvfy: () => runs("dciodvfy", ["-version"]),
  dcm2niix: () => runs("dcm2niix", ["-h"]),
  dcmtk: () => runs("dcmdump", ["--version"]),
  gdcm: () => runs("gdcmconv", ["--version"]),
  monai: () => runs(torchPython, ["-c", "import monai"]),
  "monai before 1.5": () =>
    runs(torchPython, ["-c", "from monai.networks import nets; assert not hasattr(nets, 'MedNeXt')"]),
  "monai from 1.5": () => runs(torchPython, ["-c", "from monai.networks.nets import MedNeXt"]),
  "nnU-Net's networks": () => runs(torchPython, ["-c", "import dynamic_network_architectures, monai"]),
  nibabel: () => runs(debianPython, ["-c", "import nibabel"]),
  pdflatex: () => runs("pdflatex", ["--version"]) && runs("kpsewhich", ["booktabs.sty"]),
  pydicom: () => runs(debianPython, ["-c", "import pydicom"]),
  scipy: () => runs(debianPython, ["-c", "import scipy"]),
  skimage: () => runs(debianPython, ["-c", "import skimage"]),
  "software Vulkan": () => existsSync(softwareVulkanDriver),
};

/** Too large, or not in Debian: continuous integration goes without. */
const optional: readonly string[] = [
  "monai",
  "monai before 1.5",
  "monai from 1.5",
  "nnU-Net's networks",
] satisfies Validator[];

/** A program from outside that checks what rarevox writes. */
export type Validator = keyof typeof available;

/**
 * Skips the running test where a validator is missing.
 *
 * Errors: an error instead of a skip when RAREVOX_REQUIRE_VALIDATORS is set, as continuous integration does
 */
export function requireValidator(context: Context, validator: Validator): void {
  if (available[validator]()) return;
  if (process.env.RAREVOX_REQUIRE_VALIDATORS !== undefined && !optional.includes(validator))
    throw new Error(`${validator} is missing; .ci/run has to install it`);
  skip(context, `${validator} is not installed`);
}

function runs(program: string, args: readonly string[]): boolean {
  const { error, status } = spawnSync(program, args);
  return error === undefined && (args[0] !== "-c" || status === 0);
}
