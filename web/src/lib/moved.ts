// Positions that stay right while what is above them still loads.

/** When a position is set again, in milliseconds. */
const AGAIN = [0, 200, 500, 1000, 2000];

/** Sets a position, and again while contents load, until the user moves. */
export function untilMoved(set: () => void) {
  let moved = false;
  const leave = () => {
    moved = true;
  };
  for (const event of ["wheel", "pointerdown", "keydown", "touchmove"])
    addEventListener(event, leave, { once: true, passive: true });
  for (const pause of AGAIN) setTimeout(() => moved || set(), pause);
}
