// What the screen may have shown at a click, reconstructed as a table. Each cell links to the event that it is taken from.

import { api } from "../api/client";
import type { ScreenCell, ScreenRow } from "../api/types";
import { Thing } from "../components/pivot";
import { grouped } from "../lib/group";
import { useAsked } from "../lib/hooks";
import { follow } from "../lib/router";
import { evidenceHref } from "../lib/story";
import { shortened, visible } from "../lib/text";

type Columns = readonly (readonly [string, string])[];

const COLUMNS: Record<ScreenRow["kind"], Columns> = {
  user: [
    ["groups", "Groups"],
    ["password", "Console password"],
    ["mfa", "MFA"],
    ["keys", "Access keys"],
    ["policies", "Policies attached"],
    ["created", "Created"],
  ],
  bucket: [
    ["policy", "Bucket policy"],
    ["public_access_block", "Block public access"],
    ["created", "Created"],
  ],
  instance: [
    ["state", "State"],
    ["type", "Type"],
  ],
};
const TITLES: Record<ScreenRow["kind"], string> = { user: "IAM users", bucket: "Buckets", instance: "Instances" };

const SOURCES: Record<ScreenCell["source"], string> = {
  page: "from a request made by this page",
  change: "from an earlier change",
  use: "from an earlier use",
};

export function Screen({ id, session }: { id: string; session: string | null }) {
  const { data } = useAsked(id, (signal) => api.screen(id, signal));
  if (!data || data.length === 0) return null;
  const kinds = [...grouped(data, (row) => row.kind)];
  return (
    <section class="screen">
      <h3>What the page showed</h3>
      <p class="muted">
        A reconstruction from this page's requests and their errors, and from earlier events in the case. CloudTrail
        does not record the responses a page received, so an empty cell means the value is unknown. Each value links to
        its event.
      </p>
      {kinds.map(([kind, rows]) => (
        <Table key={kind} kind={kind} rows={rows} session={session} />
      ))}
    </section>
  );
}

const MOST_ROWS = 200;

function Table({
  kind,
  rows,
  session,
}: {
  kind: ScreenRow["kind"];
  rows: readonly ScreenRow[];
  session: string | null;
}) {
  const known = COLUMNS[kind].filter(([col]) => rows.some((row) => row.cells.some((cell) => cell.col === col)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
    <div class="screen-table" tabIndex={0} role="group" aria-label={`${TITLES[kind]}, reconstructed`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{TITLES[kind]}</th>
            {known.map(([col, title]) => (
              <th key={col} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row) => (
            <tr key={row.name}>
              <th scope="row">
                <Thing type={kind} value={row.name} />
              </th>
              {known.map(([col]) => (
                <td key={col}>
                  {row.cells
                    .filter((cell) => cell.col === col)
                    .map((cell) => (
                      <Cell key={cell.value + cell.event_id} cell={cell} session={session} />
                    ))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Cell = ({ cell, session }: { cell: ScreenCell; session: string | null }) => (
  <a
    class={`screen-cell screen-${cell.source} ${cell.value === "none" ? "muted" : ""}`}
    href={cell.source === "page" ? evidenceHref(session, cell.event_id) : evidenceHref(null, cell.event_id)}
    title={`${SOURCES[cell.source]}: ${visible(cell.event_id)}`}
    onClick={follow}
  >
    {visible(shortened(cell.value, 80))}
  </a>
);
