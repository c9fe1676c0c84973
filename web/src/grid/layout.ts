// The layout of rows: how tall they are, which are in view, and how to bring a row into view.

import type { VirtualItem, Virtualizer } from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useMedia } from "../lib/hooks";
import { useVirtualizer } from "../lib/virtual";
import { reelOf } from "./keys";
import type { GridProps } from "./types";

const ROW_REM = 1.875;
const HEADER_REM = 1.75;
/** A height in pixels that every browser can lay out, even if the page is zoomed to 200 %. */
const MOST_PIXELS = 15_000_000;

/** In these windows, the page scrolls, with all rows; style/scroll.css has the same condition. */
const PAGE_SCROLLS = "(width < 80rem), (height < 40rem)";

const remPixels = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

/** The distance of an element from the top of the page, measured after each render and whenever the page changes its size. */
function useTop(element: RefObject<HTMLDivElement | null>, wanted: boolean): number {
  const [top, set] = useState(0);
  const measure = () => {
    if (!wanted || !element.current) return;
    const now = Math.round(element.current.getBoundingClientRect().top + window.scrollY);
    if (now !== top) set(now);
  };
  const latest = useRef(measure);
  latest.current = measure;
  useLayoutEffect(measure);
  useEffect(() => {
    if (!wanted) return;
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [wanted]);
  return wanted ? top : 0;
}

/** The heights of rows and header in pixels, and whether a row takes several lines. */
function measures<Row>({ compactBelow = 0, rowRem = ROW_REM, compactRem = rowRem }: GridProps<Row>, width: number) {
  const rem = remPixels();
  const compact = width > 0 && width < compactBelow * rem;
  return { compact, rowHeight: (compact ? compactRem : rowRem) * rem, headerHeight: compact ? 0 : HEADER_REM * rem };
}

/** How far a grid is scrolled: the row at the top, and by how much it is scrolled beyond its start. */
export interface Top {
  index: number;
  beyond: number;
}

interface Reel {
  base: number;
  reel: number;
  setBase: (base: number) => void;
}

/** How far the rows are scrolled, and how to scroll there again. */
function usePlaceOfTop(
  virtualizer: Virtualizer<HTMLDivElement | Window, HTMLDivElement>,
  items: readonly VirtualItem[],
  { base, reel, setBase }: Reel,
) {
  // When the place is needed, other rows may already have been laid out.
  const last = useRef({ items, base });
  useLayoutEffect(() => {
    last.current = { items, base };
  });
  const topNow = (): Top => {
    const { items, base } = last.current;
    const offset = virtualizer.scrollOffset ?? 0;
    const item = items.find(({ end }) => end > offset) ?? items.at(-1);
    return { index: base + (item?.index ?? 0), beyond: item ? offset - item.start : 0 };
  };
  const scrollBack = ({ index, beyond }: Top) => {
    const start = reelOf(index, reel);
    if (start !== base) setBase(start);
    requestAnimationFrame(() => {
      const item = virtualizer.measurementsCache[index - start];
      if (item) virtualizer.scrollToOffset(item.start + beyond);
    });
  };
  return { topNow, scrollBack };
}

export function useLayout<Row>(props: GridProps<Row>, scroller: RefObject<HTMLDivElement | null>, width: number) {
  const { rows, rowKey, open } = props;
  const { compact, rowHeight, headerHeight } = measures(props, width);
  const fits = compact && props.compactFits === true;
  const reel = Math.floor(MOST_PIXELS / rowHeight);
  const [base, setBase] = useState(0);
  const total = rows.total ?? 0;
  const inPage = useMedia(PAGE_SCROLLS);
  const top = useTop(scroller, inPage);
  const virtualizer = useVirtualizer(scroller, inPage, {
    count: Math.min(total - base, reel),
    scrollMargin: top,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
  });
  const items = virtualizer.getVirtualItems();

  // biome-ignore lint/correctness/useExhaustiveDependencies: with other rows or heights, measurements are no longer valid
  useLayoutEffect(() => {
    virtualizer.measure();
    if (!fits) return;
    // The positions must be those of the estimates again: rows that are as tall as before would not be stored otherwise.
    virtualizer.getTotalSize();
    for (const item of scroller.current?.querySelectorAll<HTMLDivElement>(".grid-item") ?? [])
      virtualizer.measureElement(item);
  }, [rows, rowHeight, base, top, inPage, fits, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows start at the top
  useLayoutEffect(() => {
    setBase(0);
    if (!inPage) scroller.current?.scrollTo({ top: 0 });
    else if (window.scrollY > top) window.scrollTo({ top });
  }, [rows]);

  const isOpen = (index: number) => {
    const row = rows.get(index);
    return row !== undefined && (open?.has(rowKey(row)) ?? false);
  };
  // A row that was collapsed returns to its usual height.
  useLayoutEffect(() => {
    if (fits) return;
    for (const item of items) {
      if (!isOpen(base + item.index) && item.size !== rowHeight) virtualizer.resizeItem(item.index, rowHeight);
    }
  });
  const reveal = (index: number, align: "auto" | "start" = "auto") => {
    const start = reelOf(index, reel);
    if (start !== base) setBase(start);
    requestAnimationFrame(() => virtualizer.scrollToIndex(index - start, { align }));
  };
  const place = usePlaceOfTop(virtualizer, items, { base, reel, setBase });
  const height = virtualizer.getTotalSize() - headerHeight;
  return {
    compact,
    fits,
    rowHeight,
    headerHeight,
    inPage,
    top,
    reel,
    base,
    total,
    items,
    height,
    measure: virtualizer.measureElement,
    isOpen,
    reveal,
    ...place,
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
