import type { ComponentChildren } from "preact";
import type { RowSource } from "../lib/pages";
import type { Selection } from "../lib/selection";

export interface Column<Row> {
  key: string;
  title: string;
  /** A track of a CSS grid. */
  width: string;
  /** Whether cells are aligned to the end of the column, as numbers are. */
  end?: boolean;
  /** The server's name for this column in sort orders. */
  sort?: string;
  render: (row: Row) => ComponentChildren;
}

export interface Sorting {
  sort: string;
  descending: boolean;
}

export interface GridProps<Row> {
  /** The class that lays out its compact rows. */
  name: string;
  label: string;
  columns: readonly Column<Row>[];
  rows: RowSource<Row>;
  rowKey: (row: Row) => string;
  /** The text that is shown if there are no rows. */
  empty: string;
  /** Below this width, in rem, the columns do not fit: a row is laid out over several lines, as tall as `compactRem`. */
  compactBelow?: number;
  compactRem?: number;
  /** Whether such a row is as tall as its contents instead; `compactRem` is then an estimate. */
  compactFits?: boolean;
  /** How tall a row is otherwise, in rem. */
  rowRem?: number;
  /** The details below a row. Rows with details expand on Enter. */
  detail?: (row: Row) => ComponentChildren;
  open?: ReadonlySet<string>;
  onToggle?: (key: string) => void;
  /** The position of a row that a link expands, if the server knows it. */
  locate?: (key: string) => Promise<number | undefined>;
  /** What Enter and a click do if rows have no details. */
  onEnter?: (row: Row) => void;
  selection?: Selection<Row>;
  sorting?: Sorting;
  onSort?: (sort: string) => void;
  /** Handles other keys. Returns true if it handled the key. */
  onKey?: (key: string, row: Row | undefined) => boolean;
}

/** The maximum number of rows in a selected range. */
export const MOST_SELECTED = 5000;
