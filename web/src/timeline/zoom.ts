// A stretch of time that is looked at within all of it. Seconds since 1970. Pure.

export interface Stretch {
  from: number;
  to: number;
}

const LEAST = 1;

const within = ({ from, to }: Stretch, whole: Stretch): Stretch => {
  const length = Math.min(Math.max(to - from, LEAST), whole.to - whole.from);
  const start = Math.min(Math.max(from, whole.from), whole.to - length);
  return { from: start, to: start + length };
};

/** Nearer (`factor` below 1) or farther, about the middle. */
export function zoomed(stretch: Stretch, whole: Stretch, factor: number): Stretch {
  const middle = (stretch.from + stretch.to) / 2;
  const half = ((stretch.to - stretch.from) / 2) * factor;
  return within({ from: middle - half, to: middle + half }, whole);
}

/** Earlier or later by a part of what is looked at. */
export function moved(stretch: Stretch, whole: Stretch, part: number): Stretch {
  const by = (stretch.to - stretch.from) * part;
  return within({ from: stretch.from + by, to: stretch.to + by }, whole);
}

export const isWhole = (stretch: Stretch, whole: Stretch): boolean =>
  stretch.from <= whole.from && stretch.to >= whole.to;
