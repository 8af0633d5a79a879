/** Learning rate as a share of its greatest, at a step counted from 0. */
export type Schedule = (step: number) => number;

/** Stays at 1. */
export const constant: Schedule = () => 1;

/** Falls from 1 to 0 over the steps as (1 - step / steps)^power. Source: nnU-Net, power 0.9 */
export function poly({ steps, power = 0.9 }: { readonly steps: number; readonly power?: number }): Schedule {
  return (step) => Math.max(0, 1 - step / steps) ** power;
}

/** Falls from 1 to `floor` over the steps along half a cosine. Source: Loshchilov 2017, arXiv:1608.03983 */
export function cosine({ steps, floor = 0 }: { readonly steps: number; readonly floor?: number }): Schedule {
  return (step) => floor + ((1 - floor) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/** Rises linearly over the first steps, then follows another schedule, whose own steps begin after them. */
export function warmedUp(schedule: Schedule, { steps }: { readonly steps: number }): Schedule {
  return (step) => (step < steps ? ((step + 1) / (steps + 1)) * schedule(0) : schedule(step - steps));
}
