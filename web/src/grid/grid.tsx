// Rows that are fetched and laid out as they scroll into view. The focus stays on the grid; `aria-activedescendant` names
// the active row, which may have scrolled away.

import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Problem } from "../components/problem";
import { count } from "../lib/format";
import { useChanged, useWidth } from "../lib/hooks";
import { useVirtualizer } from "../lib/virtual";
import { Header } from "./header";
import { reelOf } from "./keys";
import { GridRow } from "./row";
import type { GridProps } from "./types";
import { useGridKeys } from "./use-keys";

const ROW_REM = 1.875;
const HEADER_REM = 1.75;
/** As many pixels as every browser lays out, also when the page is zoomed twice. */
const MOST_PIXELS = 15_000_000;

const remPixels = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

export function Grid<Row>(props: GridProps<Row>) {
  const { columns, rows, rowKey, compactBelow = 0, rowRem = ROW_REM, compactRem = rowRem, open, selection } = props;
  useChanged((listener) => rows.subscribe(listener), rows);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [outer, width] = useWidth();
  const rem = remPixels();
  const compact = width > 0 && width < compactBelow * rem;
  const [rowHeight, headerHeight] = [(compact ? compactRem : rowRem) * rem, compact ? 0 : HEADER_REM * rem];
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
  const [first, last] = [base + (items[0]?.index ?? 0), base + (items.at(-1)?.index ?? 0)];

  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows, other heights: what was measured is void
  useLayoutEffect(() => {
    virtualizer.measure();
  }, [rows, rowHeight, base, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at their beginning
  useLayoutEffect(() => {
    setBase(0);
    scroller.current?.scrollTo({ top: 0 });
  }, [rows]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the total decides which rows there are to show
  useEffect(() => rows.show(first, last), [rows, first, last, total]);

  const isOpen = (index: number) => {
    const row = rows.get(index);
    return row !== undefined && (open?.has(rowKey(row)) ?? false);
  };
  // A row that was folded has its usual height again.
  useLayoutEffect(() => {
    for (const item of items) {
      if (!isOpen(base + item.index) && item.size !== rowHeight) virtualizer.resizeItem(item.index, rowHeight);
    }
  });

  const reveal = (index: number) => {
    const start = reelOf(index, reel);
    if (start !== base) setBase(start);
    requestAnimationFrame(() => virtualizer.scrollToIndex(index - start, { align: "auto" }));
  };
  const perPage = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
  const keys = useGridKeys({ ...props, scroller, reveal, perPage, total });

  useArrival(props, keys.go);

  const tracks = [...(selection ? ["1.75rem"] : []), ...columns.map((column) => column.width)].join(" ");
  const shown = items.some((item) => base + item.index === keys.active);
  return (
    <div class={`grid-box ${props.name}`} ref={outer}>
      <div
        class={`grid ${compact ? "compact" : ""}`}
        role="grid"
        data-grid
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + (selection ? 1 : 0)}
        aria-multiselectable={selection ? true : undefined}
        aria-busy={rows.total === undefined && !rows.error}
        aria-activedescendant={shown ? `${id}-${keys.active}` : undefined}
        ref={scroller}
        onKeyDown={keys.onKeyDown}
        style={{ "--tracks": tracks, "--row": `${rowHeight}px`, "--header": `${headerHeight}px` }}
      >
        <Header {...props} hidden={compact} />
        <div class="grid-body" role="rowgroup" style={{ height: `${virtualizer.getTotalSize() - headerHeight}px` }}>
          {items.map((item) => (
            <GridRow
              key={base + item.index}
              {...props}
              id={`${id}-${base + item.index}`}
              index={base + item.index}
              place={item.index}
              top={item.start - headerHeight}
              row={rows.get(base + item.index)}
              unfolded={isOpen(base + item.index)}
              active={base + item.index === keys.active}
              measure={virtualizer.measureElement}
              onPick={keys.onPick}
              onMark={keys.onMark}
            />
          ))}
        </div>
      </div>
      {rows.error !== undefined && <Problem error={rows.error} again={() => rows.show(first, last)} />}
      {rows.total === 0 && rows.error === undefined && <p class="empty">{props.empty}</p>}
      {total > reel && <Reels base={base} reel={reel} total={total} go={keys.go} />}
    </div>
  );
}

/** How far a link's unfolded row is looked for. */
const LOOKED_THROUGH = 2000;

/** A link that unfolds a row leads to it: once, when the first rows are there. */
function useArrival<Row>({ rows, rowKey, open }: GridProps<Row>, go: (index: number) => void) {
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

interface ReelsProps {
  base: number;
  reel: number;
  total: number;
  go: (index: number) => void;
}

/** More rows than a browser can lay out go by reels. */
function Reels({ base, reel, total, go }: ReelsProps) {
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
