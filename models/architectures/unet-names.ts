import type { ForeignNames } from "./architecture.ts";

/** What a name turns into, from the parts that its pattern found. */
type Renaming = readonly [pattern: RegExp, rename: (...parts: readonly string[]) => readonly string[]];

/** Names of nnU-Net's PlainConvUNet and ResidualEncoderUNet, which know most tensors by more than one. */
export function nnunetNames({ stages }: { readonly stages: number }): ForeignNames {
  const fromCoarsest = (level: string) => stages - 2 - Number(level);
  const renamings: readonly Renaming[] = [
    [/^encoder\.stem\.(conv|norm)\.(\w+)$/, (part, kind) => partNames("encoder.stem.convs.0", part, kind)],
    [
      /^encoder\.stages\.(\d+)\.(\d+)\.(conv|norm)\.(\w+)$/,
      (level, n, part, kind) => partNames(`encoder.stages.${level}.0.convs.${n}`, part, kind),
    ],
    [
      /^encoder\.stages\.(\d+)\.(\d+)\.conv1\.(conv|norm)\.(\w+)$/,
      (level, n, part, kind) => partNames(`encoder.stages.${level}.blocks.${n}.conv1`, part, kind),
    ],
    [
      /^encoder\.stages\.(\d+)\.(\d+)\.(conv|norm)2\.(\w+)$/,
      (level, n, part, kind) => partNames(`encoder.stages.${level}.blocks.${n}.conv2`, part, kind),
    ],
    [
      /^encoder\.stages\.(\d+)\.(\d+)\.skip\.(conv|norm)\.(\w+)$/,
      // Behind the pooling, where there is one.
      (level, n, part, kind) =>
        [1, 0].flatMap((place) => partNames(`encoder.stages.${level}.blocks.${n}.skip.${place}`, part, kind)),
    ],
    [/^decoder\.stages\.(\d+)\.up\.(\w+)$/, (level, kind) => [`decoder.transpconvs.${fromCoarsest(level)}.${kind}`]],
    [
      /^decoder\.stages\.(\d+)\.(\d+)\.(conv|norm)\.(\w+)$/,
      (level, n, part, kind) => partNames(`decoder.stages.${fromCoarsest(level)}.convs.${n}`, part, kind),
    ],
    [/^decoder\.logits\.(\d+)\.(\w+)$/, (level, kind) => [`decoder.seg_layers.${fromCoarsest(level)}.${kind}`]],
  ];
  return { program: "nnU-Net", namesOf: renamedBy(renamings), isOptional: () => false };
}

/** A convolution or norm of a block is also a module of its sequence, and the decoder knows the encoder. */
function partNames(block: string, part: string, kind: string): readonly string[] {
  const names = [`${block}.${part}.${kind}`, `${block}.all_modules.${part === "conv" ? 0 : 1}.${kind}`];
  return block.startsWith("encoder") ? [...names, ...names.map((name) => `decoder.${name}`)] : names;
}

/** Names of MONAI's DynUNet with two convolutions a stage; its convolutions have no offsets. */
export function dynUnetNames({ stages }: { readonly stages: number }): ForeignNames {
  const encoderBlock = (level: string) =>
    level === "0" ? "input_block" : Number(level) === stages - 1 ? "bottleneck" : `downsamples.${Number(level) - 1}`;
  const decoderBlock = (level: string) => `upsamples.${stages - 2 - Number(level)}`;
  const within = (block: string, n: string, part: string, kind: string) => {
    const place = `${block}.${part}${Number(n) + 1}`;
    return [part === "conv" ? `${place}.conv.${kind}` : `${place}.${kind}`];
  };
  const renamings: readonly Renaming[] = [
    [
      /^encoder\.stages\.(\d+)\.([01])\.(conv|norm)\.(\w+)$/,
      (level, n, part, kind) => within(encoderBlock(level), n, part, kind),
    ],
    [
      /^decoder\.stages\.(\d+)\.([01])\.(conv|norm)\.(\w+)$/,
      (level, n, part, kind) => within(`${decoderBlock(level)}.conv_block`, n, part, kind),
    ],
    [/^decoder\.stages\.(\d+)\.up\.(\w+)$/, (level, kind) => [`${decoderBlock(level)}.transp_conv.conv.${kind}`]],
    [/^decoder\.logits\.0\.(\w+)$/, (kind) => [`output_block.conv.conv.${kind}`]],
    [
      /^decoder\.logits\.(\d+)\.(\w+)$/,
      (level, kind) => [`deep_supervision_heads.${Number(level) - 1}.conv.conv.${kind}`],
    ],
  ];
  return {
    program: "MONAI's DynUNet",
    namesOf: renamedBy(renamings),
    isOptional: (name) => /\.(conv|up)\.bias$/.test(name),
  };
}

function renamedBy(renamings: readonly Renaming[]): (name: string) => readonly string[] {
  return (name) => {
    for (const [pattern, rename] of renamings) {
      const found = pattern.exec(name);
      if (found !== null) return rename(...found.slice(1));
    }
    return [];
  };
}
