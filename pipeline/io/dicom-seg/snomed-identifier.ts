/** Product of two digits in the dihedral group of order 10. */
function product(left: number, right: number): number {
  const sum = left < 5 ? left + (right % 5) : left - (right % 5);
  const turned = ((sum % 5) + 5) % 5;
  return left < 5 === right < 5 ? turned : turned + 5;
}

/** The permutation of Verhoeff's scheme, applied once more for each place from the right. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

/**
 * Whether a code can be a SNOMED CT identifier: 6 to 18 digits of which the last checks the others.
 *
 * An invented code or one with a slip of the pen fails in 9 of 10 cases, two exchanged digits in all.
 *
 * Source: SNOMED CT Release File Specification, 5.5; Verhoeff 1969
 */
export function isSnomedIdentifier(code: string): boolean {
  if (!/^[1-9][0-9]{5,17}$/.test(code)) return false;
  let check = 0;
  for (let place = 0; place < code.length; place++) {
    let digit = Number(code[code.length - 1 - place]);
    for (let times = 0; times < place % 8; times++) digit = PERMUTATION[digit];
    check = product(check, digit);
  }
  return check === 0;
}
