import { useEffect, useRef } from "preact/hooks";
import type { GridProps } from "./types";

/** How many rows are searched for the row that a link expands, if the server cannot locate it. */
const LOOKED_THROUGH = 2000;

/** Goes to the row that a link expands: once, when the first rows are loaded. */
export function useArrival<Row>({ rows, rowKey, open, locate }: GridProps<Row>, go: (index: number) => void) {
  const wanted = useRef(open);
  const { total } = rows;
  const find = useRef(locate);
  find.current = locate;
  useEffect(() => {
    const keys = wanted.current;
    if (!total) return;
    wanted.current = undefined;
    const [first] = keys ?? [];
    if (!keys || first === undefined) return;
    const look = async () => {
      const some = await rows.range(0, Math.min(total, LOOKED_THROUGH) - 1);
      const near = some.findIndex((row) => keys.has(rowKey(row)));
      const index = near >= 0 ? near : await find.current?.(first);
      if (index !== undefined && index >= 0) go(index);
    };
    look().catch(() => undefined);
  }, [rows, total, rowKey, go]);
}
