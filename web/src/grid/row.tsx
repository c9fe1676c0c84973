import { count } from "../lib/format";
import type { GridProps } from "./types";

interface RowProps<Row> extends GridProps<Row> {
  id: string;
  /** Its index among all rows, and among those of the reel. */
  index: number;
  place: number;
  top: number;
  row: Row | undefined;
  unfolded: boolean;
  active: boolean;
  measure: (node: HTMLDivElement | null) => void;
  onPick: (event: MouseEvent, index: number) => void;
  onMark: (index: number) => void;
}

const BUSY = "a, button, input, select, summary, label, .grid-detail";

/** A row, and below it what it unfolds to. */
export function GridRow<Row>(props: RowProps<Row>) {
  const { columns, row, rowKey, index, unfolded, selection, detail } = props;
  const pick = (event: MouseEvent) => {
    const target = event.target;
    const own = target instanceof Element && target.closest(BUSY) !== null;
    if (!own && !document.getSelection()?.toString()) props.onPick(event, index);
  };
  const picked = row !== undefined && (selection?.has(rowKey(row)) ?? false);
  return (
    <div
      class="grid-item"
      role="presentation"
      data-index={props.place}
      ref={unfolded ? props.measure : null}
      style={{ transform: `translateY(${props.top}px)` }}
    >
      <div
        id={props.id}
        class={`grid-row ${props.active ? "active" : ""} ${picked ? "picked" : ""} ${unfolded ? "unfolded" : ""}`}
        role="row"
        aria-rowindex={index + 2}
        aria-selected={selection ? picked : undefined}
        aria-busy={row === undefined}
        onClick={pick}
      >
        {selection && (
          <span class="cell c-pick" role="gridcell">
            <input
              type="checkbox"
              tabIndex={-1}
              checked={picked}
              disabled={row === undefined}
              aria-label={`Select row ${count(index + 1)}`}
              onClick={() => props.onMark(index)}
            />
          </span>
        )}
        {columns.map((column) => (
          <span key={column.key} class={`cell c-${column.key} ${column.end ? "end" : ""}`} role="gridcell">
            {row === undefined ? <span class="waits" /> : column.render(row)}
          </span>
        ))}
      </div>
      {unfolded && row !== undefined && detail && (
        <div class="grid-row-detail" role="row" aria-rowindex={index + 2}>
          <div class="grid-detail" role="gridcell" aria-colspan={columns.length}>
            {detail(row)}
          </div>
        </div>
      )}
    </div>
  );
}
