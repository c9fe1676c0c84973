// Which row a key moves to. Pure.

/** The row that `key` moves to from `active`, or undefined if it moves nowhere. */
export function destination(key: string, active: number, total: number, perPage: number): number | undefined {
  const to = step(key, active, total, perPage);
  return to === undefined || total === 0 ? undefined : Math.max(0, Math.min(to, total - 1));
}

function step(key: string, active: number, total: number, perPage: number): number | undefined {
  switch (key) {
    case "j":
    case "J":
    case "ArrowDown":
      return active + 1;
    case "k":
    case "K":
    case "ArrowUp":
      return active - 1;
    case "PageDown":
      return active + perPage;
    case "PageUp":
      return active - perPage;
    case "Home":
      return 0;
    case "End":
      return total - 1;
    default:
      return undefined;
  }
}

/** The first row of the reel that contains `index`. Browsers cannot lay out more pixels than one reel of rows takes. */
export const reelOf = (index: number, reel: number): number => Math.floor(index / reel) * reel;
