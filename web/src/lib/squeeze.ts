// Time on a line with its pauses compressed: spans in which something happened keep their length, long pauses do not. Pure.

export interface Squeezed {
  /** Where a span begins, or the middle of the pause after it (before the first one, if it is null). */
  at: (start: number | null, inPause?: boolean) => number;
  total: number;
  /** The pauses that were cut, and how long they were in seconds. */
  cuts: { at: number; seconds: number }[];
  /** Where stretches without a cut begin. */
  begins: { at: number; start: number }[];
}

/** A pause of more than so many spans is drawn as if it had so many. */
const LONGEST = 7;

/** `before` and `after`: whether others did something before the first span, and after the last. */
export function squeeze(starts: readonly number[], width: number, before = false, after = false): Squeezed {
  const sorted = [...new Set(starts)].sort((a, b) => a - b);
  const places = new Map<number, number>();
  const middles = new Map<number | null, number>([[null, LONGEST / 2]]);
  const cuts: Squeezed["cuts"] = [];
  const begins: Squeezed["begins"] = [];
  let place = before ? LONGEST : 0;
  let last: number | undefined;
  for (const start of sorted) {
    if (last === undefined) begins.push({ at: place, start });
    else {
      const step = Math.round((start - last) / width);
      const shown = Math.min(step, LONGEST);
      middles.set(last, place + (1 + shown) / 2);
      if (step > LONGEST) {
        cuts.push({ at: place + (1 + shown) / 2, seconds: start - last - width });
        begins.push({ at: place + shown, start });
      }
      place += shown;
    }
    places.set(start, place);
    last = start;
  }
  if (last !== undefined) middles.set(last, place + 1 + LONGEST / 2);
  const total = place + 1 + (after ? LONGEST : 0);
  const at: Squeezed["at"] = (start, inPause = false) =>
    (inPause || start === null ? middles.get(start) : places.get(start)) ?? 0;
  return { at, total, cuts, begins };
}
