// Copying and exporting rows.

import { type ExportFormat, exportAddress } from "../api/client";
import type { TimelineRow } from "../api/types";
import { Menu } from "../components/menu";
import { announce, copy, saveFile } from "../lib/announce";
import type { Filter } from "../lib/filter";
import { count, counted } from "../lib/format";
import type { Selection } from "../lib/selection";
import { rowsAsText, rowsAsTsv } from "../lib/table";

/** With more IDs than this, servers would reject the address. */
const MOST_IDS = 500;

const FORMATS: readonly [ExportFormat, string][] = [
  ["csv", "CSV"],
  ["jsonl", "JSON Lines"],
  ["md", "Markdown"],
];

export const copyText = (rows: TimelineRow[]) => copy(rowsAsText(rows), `${counted(rows.length, "row")} as text`);
const copyTsv = (rows: TimelineRow[]) => copy(rowsAsTsv(rows), `${counted(rows.length, "row")} as a table`);

/** The selected rows by ID, and all rows that share a line with them. */
const selectedAddress = (filter: Filter, rows: TimelineRow[], format: ExportFormat) =>
  exportAddress(
    filter,
    rows.map((row) => row.id),
    format,
    rows.some((row) => row.rows !== undefined),
  );

interface CarryProps {
  filter: Filter;
  /** The number of rows, including those in lines. */
  total: number | undefined;
  selection: Selection<TimelineRow>;
}

export function Carry({ filter, total, selection }: CarryProps) {
  const failed = () => announce("Could not copy.");
  return (
    <div class="carry">
      {selection.size > 0 && (
        <>
          <span class="selected">{`${count(selection.size)} selected`}</span>
          <Menu title="Copy">
            <button type="button" onClick={() => copyText(selection.rows()).catch(failed)}>
              as text
            </button>
            <button type="button" onClick={() => copyTsv(selection.rows()).catch(failed)}>
              as a table (TSV)
            </button>
          </Menu>
          <button type="button" onClick={() => selection.clear()}>
            Deselect
          </button>
        </>
      )}
      <Menu title="Export">
        {selection.size > 0 && selection.size <= MOST_IDS && (
          <>
            <h3>{counted(selection.size, "selected row")}</h3>
            {FORMATS.map(([format, title]) => (
              <button
                key={format}
                type="button"
                onClick={() => saveFile(selectedAddress(filter, selection.rows(), format))}
              >
                {title}
              </button>
            ))}
          </>
        )}
        <h3>{total === undefined ? "All rows shown" : `All ${counted(total, "row")}`}</h3>
        {FORMATS.map(([format, title]) => (
          <button key={format} type="button" onClick={() => saveFile(exportAddress(filter, [], format, false))}>
            {title}
          </button>
        ))}
      </Menu>
    </div>
  );
}
