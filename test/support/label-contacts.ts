import type { LabelMap } from "../../pipeline/volume/volume.ts";

/** Which classes touch face to face, as `1-2`, the smaller id first. */
export function contactsIn({ data, shape: [depth, height, width] }: LabelMap): ReadonlySet<string> {
  const contacts = new Set<string>();
  const meet = (first: number, second: number) => {
    if (first !== second && first > 0 && second > 0)
      contacts.add(`${Math.min(first, second)}-${Math.max(first, second)}`);
  };
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++) {
        const i = (d * height + h) * width + w;
        if (w + 1 < width) meet(data[i], data[i + 1]);
        if (h + 1 < height) meet(data[i], data[i + width]);
        if (d + 1 < depth) meet(data[i], data[i + height * width]);
      }
  return contacts;
}

/** Labelled voxels in the outermost layer of the volume. */
export function labelsAtBorder({ data, shape: [depth, height, width] }: LabelMap): number {
  let count = 0;
  for (let d = 0; d < depth; d++)
    for (let h = 0; h < height; h++)
      for (let w = 0; w < width; w++) {
        const isOuter = d === 0 || h === 0 || w === 0 || d + 1 === depth || h + 1 === height || w + 1 === width;
        if (isOuter && data[(d * height + h) * width + w] > 0) count++;
      }
  return count;
}
