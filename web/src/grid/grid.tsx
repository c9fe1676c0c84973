// Rows that are fetched and laid out as they scroll into view. The focus stays on the grid; `aria-activedescendant` names
// the active row, which may have scrolled away.

import { useId, useRef } from "preact/hooks";
import { Problem } from "../components/problem";
import { useChanged, useWidth } from "../lib/hooks";
import { useArrival } from "./arrival";
import { Header } from "./header";
import { useLayout, useShown } from "./layout";
import { usePosition } from "./position";
import { Reels } from "./reels";
import { GridRow } from "./row";
import type { GridProps } from "./types";
import { useGridKeys } from "./use-keys";

const tracksOf = <Row,>({ selection, columns }: GridProps<Row>) =>
  [...(selection ? ["1.75rem"] : []), ...columns.map((column) => column.width)].join(" ");

/** When the position is restored, the grid does not scroll to the opened row. */
const withoutOpen = <Row,>({ open: _, ...props }: GridProps<Row>): GridProps<Row> => props;

export function Grid<Row>(props: GridProps<Row>) {
  const { rows, selection } = props;
  useChanged((listener) => rows.subscribe(listener), rows);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [outer, width] = useWidth();
  const layout = useLayout(props, scroller, width);
  const { base, items, total, reel, rowHeight, headerHeight } = layout;
  const again = useShown(props, base, items);
  const visible = layout.inPage ? innerHeight : (scroller.current?.clientHeight ?? 0);
  const perPage = Math.max(1, Math.floor(visible / rowHeight) - 2);
  const keys = useGridKeys({ ...props, scroller, reveal: layout.reveal, perPage, total });
  const { topNow, scrollBack } = layout;
  const returns = usePosition({
    rows,
    total: rows.total,
    active: keys.active,
    topNow,
    scrollBack,
    activate: keys.activate,
  });
  useArrival(returns ? withoutOpen(props) : props, keys.arrive);
  const shown = items.some((item) => base + item.index === keys.active);
  return (
    <div class={`grid-box ${props.name}`} ref={outer}>
      <div
        class={`grid ${layout.compact ? "compact" : ""} ${layout.fits ? "fits" : ""}`}
        role="grid"
        data-grid
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={total + 1}
        aria-colcount={props.columns.length + (selection ? 1 : 0)}
        aria-multiselectable={selection ? true : undefined}
        aria-busy={rows.total === undefined && !rows.error}
        aria-activedescendant={shown ? `${id}-${keys.active}` : undefined}
        ref={scroller}
        onKeyDown={keys.onKeyDown}
        style={{ "--tracks": tracksOf(props), "--row": `${rowHeight}px`, "--header": `${headerHeight}px` }}
      >
        <Header {...props} hidden={layout.compact} />
        <div class="grid-body" role="rowgroup" style={{ height: `${layout.height}px` }}>
          {items.map((item) => (
            <GridRow key={base + item.index} {...props} {...keys} id={id} layout={layout} item={item} />
          ))}
        </div>
      </div>
      {rows.error !== undefined && <Problem error={rows.error} again={again} />}
      {rows.total === 0 && rows.error === undefined && <p class="empty">{props.empty}</p>}
      {total > reel && <Reels base={base} reel={reel} total={total} go={keys.go} />}
    </div>
  );
}
