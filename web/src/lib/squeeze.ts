// A time axis with compressed pauses: spans with activity keep their length, long pauses do not. Pure.

export interface Squeezed {
  /** Where a span begins, or the middle of the pause after it (of the pause before the first span, if it is null). */
  at: (start: number | null, inPause?: boolean) => number;
  total: number;
  /** The pauses that were shortened, and their length in seconds. */
  cuts: { at: number; seconds: number }[];
  /** Where the parts between shortened pauses begin. */
  begins: { at: number; start: number }[];
}

/** A pause longer than this many spans is drawn with this length. */
const LONGEST = 7;

/** `before` and `after`: whether other identities were active before the first span and after the last. */
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
