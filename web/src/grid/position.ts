// The positions of grids by address, so that the browser's Back leads to the rows that were in view.

import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { untilMoved } from "../lib/moved";
import { isReturn } from "../lib/router";
import type { Top } from "./layout";

interface Position extends Top {
  active: number;
}

const kept = new Map<string, Position>();
const here = () => location.pathname + location.search;

interface Given {
  rows: unknown;
  total: number | undefined;
  active: number;
  topNow: () => Top;
  scrollBack: (top: Top) => void;
  activate: (index: number) => void;
}

/** Keeps the position when other rows or another view are shown, and restores it on return. Returns whether it does. */
export function usePosition({ rows, total, active, topNow, scrollBack, activate }: Given): boolean {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for these rows
  const wanted = useMemo(() => (isReturn() ? kept.get(here()) : undefined), [rows]);
  const latest = useRef({ address: here(), active, topNow, scrollBack });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the position is that of these rows
  useLayoutEffect(
    () => () => {
      const { address, active, topNow } = latest.current;
      kept.set(address, { ...topNow(), active });
    },
    [rows],
  );
  useLayoutEffect(() => {
    latest.current = { address: here(), active, topNow, scrollBack };
  });
  const restored = useRef<unknown>(undefined);
  useEffect(() => {
    if (!wanted || !total || restored.current === rows) return;
    restored.current = rows;
    if (wanted.active < total) activate(wanted.active);
    untilMoved(() => restored.current === rows && latest.current.scrollBack(wanted));
  });
  return wanted !== undefined;
}
