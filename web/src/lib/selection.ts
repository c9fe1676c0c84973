// Rows that are selected, to be copied or exported. The rows are stored, because they may have scrolled out of view.

import { useState } from "preact/hooks";

export interface Selection<Row> {
  readonly size: number;
  has(key: string): boolean;
  rows(): Row[];
  toggle(key: string, row: Row): void;
  add(rows: readonly [string, Row][]): void;
  clear(): void;
}

export function useSelection<Row>(): Selection<Row> {
  const [rows, set] = useState<ReadonlyMap<string, Row>>(new Map());
  return {
    size: rows.size,
    has: (key) => rows.has(key),
    rows: () => [...rows.values()],
    toggle: (key, row) =>
      set((last) => {
        const next = new Map(last);
        if (!next.delete(key)) next.set(key, row);
        return next;
      }),
    add: (more) => set((last) => new Map([...last, ...more])),
    clear: () => set((last) => (last.size > 0 ? new Map() : last)),
  };
}
