import type { Column, GridProps, Sorting } from "./types";

type Shown = "columns" | "selection" | "sorting" | "onSort";

/** The row of titles. It remains for screen readers if the grid is too narrow for columns. */
export function Header<Row>({
  columns,
  selection,
  sorting,
  onSort,
  hidden,
}: Pick<GridProps<Row>, Shown> & { hidden: boolean }) {
  return (
    <div class={`grid-head ${hidden ? "visually-hidden" : ""}`} role="rowgroup">
      <div class="grid-row" role="row" aria-rowindex={1}>
        {selection && (
          <span class="cell c-pick" role="columnheader">
            <span class="visually-hidden">Selected</span>
          </span>
        )}
        {columns.map((column) => (
          <Title key={column.key} column={column} {...(sorting ? { sorting } : {})} {...(onSort ? { onSort } : {})} />
        ))}
      </div>
    </div>
  );
}

interface TitleProps<Row> {
  column: Column<Row>;
  sorting?: Sorting;
  onSort?: (sort: string) => void;
}

function Title<Row>({ column, sorting, onSort }: TitleProps<Row>) {
  const { sort } = column;
  const sorted = sort !== undefined && sorting?.sort === sort;
  const order = sorting?.descending ? "descending" : "ascending";
  return (
    <span
      class={`cell c-${column.key} ${column.end ? "end" : ""}`}
      role="columnheader"
      aria-sort={sorted ? order : undefined}
    >
      {sort && onSort ? (
        <button type="button" class="sort" onClick={() => onSort(sort)}>
          {column.title}
          <span aria-hidden="true" class="arrow">
            {sorted ? (sorting?.descending ? "▾" : "▴") : ""}
          </span>
        </button>
      ) : (
        column.title
      )}
    </span>
  );
}
