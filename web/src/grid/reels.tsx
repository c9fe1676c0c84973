import { count } from "../lib/format";

interface ReelsProps {
  base: number;
  reel: number;
  total: number;
  go: (index: number) => void;
}

/** Navigation between reels, if there are more rows than a browser can lay out. */
export function Reels({ base, reel, total, go }: ReelsProps) {
  return (
    <p class="reels">
      {`Rows ${count(base + 1)} to ${count(Math.min(base + reel, total))} of ${count(total)} `}
      <button type="button" disabled={base === 0} onClick={() => go(base - 1)}>
        Earlier rows
      </button>
      <button type="button" disabled={base + reel >= total} onClick={() => go(base + reel)}>
        Later rows
      </button>
    </p>
  );
}
