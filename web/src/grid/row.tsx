import type { VirtualItem } from "@tanstack/virtual-core";
import { count } from "../lib/format";
import type { GridProps } from "./types";

interface RowProps<Row> extends GridProps<Row> {
  /** The grid's ID, which the IDs of its rows start with. */
  id: string;
  item: VirtualItem;
  layout: {
    base: number;
    headerHeight: number;
    /** The distance of the rows from the top of the page, if the page scrolls. */
    top: number;
    measure: (node: HTMLDivElement | null) => void;
    isOpen: (index: number) => boolean;
    /** Whether rows are as tall as their contents. */
    fits: boolean;
  };
  active: number;
  onPick: (event: MouseEvent, index: number) => void;
  onMark: (index: number) => void;
}

const BUSY = "a, button, input, select, summary, label, .grid-detail";

/** A row, and its details below it. */
export function GridRow<Row>(props: RowProps<Row>) {
  const { id, rowKey, selection, item, layout, detail } = props;
  const index = layout.base + item.index;
  const row = props.rows.get(index);
  const unfolded = layout.isOpen(index);
  const picked = row !== undefined && (selection?.has(rowKey(row)) ?? false);
  const pick = (event: MouseEvent) => {
    const target = event.target;
    const own = target instanceof Element && target.closest(BUSY) !== null;
    if (!own && !document.getSelection()?.toString()) props.onPick(event, index);
  };
  const states = [index === props.active && "active", picked && "picked", unfolded && "unfolded"].filter(Boolean);
  return (
    <div
      class="grid-item"
      role="presentation"
      data-index={item.index}
      ref={unfolded || layout.fits ? layout.measure : null}
      style={{ transform: `translateY(${item.start - layout.headerHeight - layout.top}px)` }}
    >
      <div
        id={`${id}-${index}`}
        class={["grid-row", ...states].join(" ")}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={selection ? picked : undefined}
        aria-busy={row === undefined}
        onClick={pick}
      >
        {selection && <Mark index={index} picked={picked} ready={row !== undefined} onMark={props.onMark} />}
        {props.columns.map((column) => (
          <span key={column.key} class={`cell c-${column.key} ${column.end ? "end" : ""}`} role="gridcell">
            {row === undefined ? <span class="waits" /> : column.render(row)}
          </span>
        ))}
      </div>
      {unfolded && row !== undefined && detail && (
        <div class="grid-row-detail" role="row" aria-rowindex={index + 2}>
          <div class="grid-detail" role="gridcell" aria-colspan={props.columns.length}>
            {detail(row)}
          </div>
        </div>
      )}
    </div>
  );
}

interface MarkProps {
  index: number;
  picked: boolean;
  ready: boolean;
  onMark: (index: number) => void;
}

/** Selects its row, for users with a pointer. */
const Mark = ({ index, picked, ready, onMark }: MarkProps) => (
  <span class="cell c-pick" role="gridcell">
    <input
      type="checkbox"
      tabIndex={-1}
      checked={picked}
      disabled={!ready}
      aria-label={`Select row ${count(index + 1)}`}
      onClick={() => onMark(index)}
    />
  </span>
);
