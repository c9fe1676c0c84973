// The layout of rows: how tall they are, which are in view, and how to bring a row into view.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { useVirtualizer } from "../lib/virtual";
import { reelOf } from "./keys";
import type { GridProps } from "./types";

const ROW_REM = 1.875;
const HEADER_REM = 1.75;
/** A height in pixels that every browser can lay out, even if the page is zoomed to 200 %. */
const MOST_PIXELS = 15_000_000;

const remPixels = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

/** The heights of rows and header in pixels, and whether a row takes several lines. */
function measures<Row>({ compactBelow = 0, rowRem = ROW_REM, compactRem = rowRem }: GridProps<Row>, width: number) {
  const rem = remPixels();
  const compact = width > 0 && width < compactBelow * rem;
  return { compact, rowHeight: (compact ? compactRem : rowRem) * rem, headerHeight: compact ? 0 : HEADER_REM * rem };
}

export function useLayout<Row>(props: GridProps<Row>, scroller: RefObject<HTMLDivElement | null>, width: number) {
  const { rows, rowKey, open } = props;
  const { compact, rowHeight, headerHeight } = measures(props, width);
  const reel = Math.floor(MOST_PIXELS / rowHeight);
  const [base, setBase] = useState(0);
  const total = rows.total ?? 0;
  const virtualizer = useVirtualizer({
    count: Math.min(total - base, reel),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
  });
  const items = virtualizer.getVirtualItems();

  // biome-ignore lint/correctness/useExhaustiveDependencies: with other rows or heights, measurements are no longer valid
  useLayoutEffect(() => virtualizer.measure(), [rows, rowHeight, base, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows start at the top
  useLayoutEffect(() => {
    setBase(0);
    scroller.current?.scrollTo({ top: 0 });
  }, [rows]);

  const isOpen = (index: number) => {
    const row = rows.get(index);
    return row !== undefined && (open?.has(rowKey(row)) ?? false);
  };
  // A row that was collapsed returns to its usual height.
  useLayoutEffect(() => {
    for (const item of items) {
      if (!isOpen(base + item.index) && item.size !== rowHeight) virtualizer.resizeItem(item.index, rowHeight);
    }
  });
  const reveal = (index: number, align: "auto" | "start" = "auto") => {
    const start = reelOf(index, reel);
    if (start !== base) setBase(start);
    requestAnimationFrame(() => virtualizer.scrollToIndex(index - start, { align }));
  };
  const height = virtualizer.getTotalSize() - headerHeight;
  return {
    compact,
    rowHeight,
    headerHeight,
    reel,
    base,
    total,
    items,
    height,
    measure: virtualizer.measureElement,
    isOpen,
    reveal,
  };
}

/** Fetches the rows that are in view. Returns a function that fetches them again. */
export function useShown<Row>({ rows }: GridProps<Row>, base: number, items: readonly { index: number }[]) {
  const [first, last] = [base + (items[0]?.index ?? 0), base + (items.at(-1)?.index ?? 0)];
  const { total } = rows;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the total determines which rows exist
  useEffect(() => rows.show(first, last), [rows, first, last, total]);
  return () => rows.show(first, last);
}
