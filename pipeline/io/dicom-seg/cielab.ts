/** White of the CIELab space that DICOM uses: D50, 2 degree observer, Y = 1. */
const WHITE_D50 = [0.96422, 1, 0.82521] as const;

/** Linear sRGB to XYZ, adapted from D65 to D50 (Bradford). */
const RGB_TO_XYZ = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;

const XYZ_TO_RGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/** Below this ratio CIELab is linear; 24/116 cubed. */
const LINEAR_RATIO = (6 / 29) ** 3;

type Three = readonly [number, number, number];

/**
 * Recommended Display CIELab Value of an sRGB colour: L* 0..100 and a*, b* -128..127 spread over 0..65535.
 *
 * Shape:  [R, G, B] 0..255 -> [L, a, b] 0..65535
 * Source: IEC 61966-2-1; matrices of B. Lindbloom (sRGB, D50); scale of DICOM PS3.3 C.10.7.1.1
 */
export function dicomCielabOf(rgb: Three): Three {
  const linear = rgb.map((channel) => linearOf(channel / 255));
  const [x, y, z] = RGB_TO_XYZ.map((row, axis) => compress(dot(row, linear) / WHITE_D50[axis])) as [
    number,
    number,
    number,
  ];
  const lightness = 116 * y - 16;
  return [word(lightness / 100), word((500 * (x - y) + 128) / 255), word((200 * (y - z) + 128) / 255)];
}

/** The sRGB colour, each channel clipped to 0..255, of a Recommended Display CIELab Value. */
export function rgbOf([l, a, b]: Three): Three {
  const y = ((l / 65535) * 100 + 16) / 116;
  const x = y + ((a / 65535) * 255 - 128) / 500;
  const z = y - ((b / 65535) * 255 - 128) / 200;
  const xyz = [x, y, z].map((ratio, axis) => expand(ratio) * WHITE_D50[axis]);
  return XYZ_TO_RGB.map((row) => byte(255 * gammaOf(dot(row, xyz)))) as [number, number, number];
}

function linearOf(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

function gammaOf(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function compress(ratio: number): number {
  return ratio > LINEAR_RATIO ? Math.cbrt(ratio) : ratio / (3 * (6 / 29) ** 2) + 4 / 29;
}

function expand(compressed: number): number {
  return compressed > 6 / 29 ? compressed ** 3 : 3 * (6 / 29) ** 2 * (compressed - 4 / 29);
}

function dot(row: Three, values: readonly number[]): number {
  return row[0] * values[0] + row[1] * values[1] + row[2] * values[2];
}

function word(fraction: number): number {
  return Math.round(65535 * Math.min(1, Math.max(0, fraction)));
}

function byte(value: number): number {
  return Math.round(Math.min(255, Math.max(0, value)));
}
