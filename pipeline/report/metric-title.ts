import type { Metric } from "../evaluate/metrics/metric.ts";

/** Names that papers use; other metrics have their keys. */
const titles: Readonly<Record<string, string | undefined>> = {
  dice: "Dice",
  iou: "IoU",
  nsd: "NSD",
  "area-nsd": "NSD by area",
  hd: "HD",
  hd95: "HD95",
  "area-hd95": "HD95 by area",
  assd: "ASSD",
  "o-dice": "O-Value",
};

/** Name of a metric with its unit; what is best at 0 is reported by its size. */
export function metricTitle({ key, unit, better }: Metric): string {
  const own = Object.hasOwn(titles, key) ? titles[key] : undefined;
  const name = own ?? (better === "zero" ? `|${key}|` : key);
  return unit === "" ? name : `${name} (${unit})`;
}

/** Digits behind the point: shares have three, O-Values, which crowd near 1, four, lengths and volumes two. */
export function metricDigits({ key, unit }: Metric): number {
  if (key.startsWith("o-")) return 4;
  return unit === "" ? 3 : 2;
}
