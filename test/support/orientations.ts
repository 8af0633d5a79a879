const opposite: Readonly<Record<string, string>> = { L: "R", P: "A", S: "I" };

/** All 48 ways in which three array axes can point along the patient's: the six orders, each with its eight directions. */
export const orientationCodes: readonly string[] = ["SPL", "SLP", "PSL", "PLS", "LSP", "LPS"].flatMap((order) =>
  Array.from({ length: 8 }, (_, flips) =>
    [...order].map((letter, axis) => ((flips >> axis) & 1 ? opposite[letter] : letter)).join(""),
  ),
);

/** Unit vectors [x, y, z] of the letters, in LPS. */
export const directionOf: Readonly<Record<string, readonly [number, number, number]>> = {
  L: [1, 0, 0],
  R: [-1, 0, 0],
  P: [0, 1, 0],
  A: [0, -1, 0],
  S: [0, 0, 1],
  I: [0, 0, -1],
};
