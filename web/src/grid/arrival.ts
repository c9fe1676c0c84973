import { useEffect, useRef } from "preact/hooks";
import type { GridProps } from "./types";

/** How far a link's unfolded row is looked for. */
const LOOKED_THROUGH = 2000;

/** A link that unfolds a row leads to it: once, when the first rows are there. */
export function useArrival<Row>({ rows, rowKey, open }: GridProps<Row>, go: (index: number) => void) {
  const wanted = useRef(open);
  const { total } = rows;
  useEffect(() => {
    const keys = wanted.current;
    if (!total) return;
    wanted.current = undefined;
    if (!keys?.size) return;
    const look = async () => {
      const some = await rows.range(0, Math.min(total, LOOKED_THROUGH) - 1);
      const index = some.findIndex((row) => keys.has(rowKey(row)));
      if (index >= 0) go(index);
    };
    look().catch(() => undefined);
  }, [rows, total, rowKey, go]);
}
