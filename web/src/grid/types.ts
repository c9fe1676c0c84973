import type { ComponentChildren } from "preact";
import type { RowSource } from "../lib/pages";
import type { Selection } from "../lib/selection";

export interface Column<Row> {
  key: string;
  title: string;
  /** A track of a CSS grid. */
  width: string;
  /** Numbers stand at the end of their column. */
  end?: boolean;
  /** What the server calls it when it sorts by it. */
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
  /** What is said where there are no rows. */
  empty: string;
  /** Below this width, in rem, the columns do not fit: a row is laid out over several lines, as tall as `compactRem`. */
  compactBelow?: number;
  compactRem?: number;
  /** How tall a row is otherwise, in rem. */
  rowRem?: number;
  /** What unfolds below a row; rows that have it unfold on enter. */
  detail?: (row: Row) => ComponentChildren;
  open?: ReadonlySet<string>;
  onToggle?: (key: string) => void;
  /** Where a row is that a link unfolds, if the server knows it. */
  locate?: (key: string) => Promise<number | undefined>;
  /** What enter and a click do, where nothing unfolds. */
  onEnter?: (row: Row) => void;
  selection?: Selection<Row>;
  sorting?: Sorting;
  onSort?: (sort: string) => void;
  /** Other keys; true if it was one. */
  onKey?: (key: string, row: Row | undefined) => boolean;
}

/** How many rows a range of selected rows may have. */
export const MOST_SELECTED = 5000;
