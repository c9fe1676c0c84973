import { counted } from "../lib/format";

interface TotalProps {
  total: number | undefined;
  one: string;
  many?: string;
}

/** The number of rows, announced when it changes. */
export const Total = ({ total, one, many }: TotalProps) => (
  <span class="total num" aria-live="polite">
    {total === undefined ? "" : counted(total, one, many)}
  </span>
);
