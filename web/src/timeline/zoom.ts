// The visible part of a time range, in seconds since 1970. Pure.

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

/** Zooms in (`factor` below 1) or out, around the middle. */
export function zoomed(stretch: Stretch, whole: Stretch, factor: number): Stretch {
  const middle = (stretch.from + stretch.to) / 2;
  const half = ((stretch.to - stretch.from) / 2) * factor;
  return within({ from: middle - half, to: middle + half }, whole);
}

/** Moves earlier or later by a fraction of the visible range. */
export function moved(stretch: Stretch, whole: Stretch, part: number): Stretch {
  const by = (stretch.to - stretch.from) * part;
  return within({ from: stretch.from + by, to: stretch.to + by }, whole);
}

export const isWhole = (stretch: Stretch, whole: Stretch): boolean =>
  stretch.from <= whole.from && stretch.to >= whole.to;
