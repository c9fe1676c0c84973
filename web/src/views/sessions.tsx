// The sessions: one row per session, the most notable first.

import { type ComponentChildren, Fragment } from "preact";
import { api } from "../api/client";
import type { SessionRow } from "../api/types";
import { Pivot } from "../components/pivot";
import { Search } from "../components/search";
import { Segmented } from "../components/segmented";
import { Principal } from "../components/text";
import { Total } from "../components/total";
import { Grid } from "../grid/grid";
import type { Column } from "../grid/types";
import { count, counted, duration, moment } from "../lib/format";
import { useChanged, usePages } from "../lib/hooks";
import { change, follow, go, type Place } from "../lib/router";
import { type Selection, useSelection } from "../lib/selection";
import { signedIn } from "../lib/session";
import { sortingIn } from "../lib/sorting";
import { visible } from "../lib/text";

type Which = "notable" | "true" | "false" | "all";
const WHICH: readonly (readonly [Which, string])[] = [
  ["notable", "Stands out"],
  ["true", "Console"],
  ["false", "Programs"],
  ["all", "All"],
];
const whichOf = (value: string | null): Which => WHICH.find(([which]) => which === value)?.[0] ?? "notable";

const Two = ({ children, below }: { children: ComponentChildren; below: ComponentChildren }) => (
  <>
    <span class="upper">{children}</span>
    <span class="lower">{below}</span>
  </>
);

/** How many items a narrow window has room for, and any window. */
const FEW_OUTSTANDING = 4;
const MOST_OUTSTANDING = 6;

/** What stands out, in words. Each item links to all sessions in which the same thing stands out. */
const Outstanding = ({ values }: { values: readonly string[] }) => (
  <span class="outstanding">
    {values.slice(0, MOST_OUTSTANDING).map((value, index) => (
      <Fragment key={value}>
        <a
          class={index < FEW_OUTSTANDING ? "chip" : "chip beyond"}
          href={`/sessions?${new URLSearchParams({ console: "all", stands: value })}`}
          title={`All sessions in which this stands out: ${visible(value)}`}
          tabIndex={-1}
          onClick={follow}
        >
          {visible(value)}
        </a>{" "}
      </Fragment>
    ))}
    {values.length > FEW_OUTSTANDING && <span class="more beyond-count">{`+${values.length - FEW_OUTSTANDING}`}</span>}
    {values.length > MOST_OUTSTANDING && (
      <span class="more count-of-all">{`+${values.length - MOST_OUTSTANDING}`}</span>
    )}
  </span>
);

/** What a number counts, for layouts in which columns have no titles. */
const Unit = ({ of, one }: { of: number | null; one: string }) => (
  <span class="unit">{of === 1 ? ` ${one}` : ` ${one}s`}</span>
);

const FEW_ADDRESSES = 2;

/** The source addresses, each in full and with a link to all its activity. */
const Addresses = ({ ips }: { ips: readonly string[] }) => (
  <span class="addresses num" title={ips.map(visible).join(", ")}>
    {ips.length === 0 && <span class="none">–</span>}
    {ips.slice(0, FEW_ADDRESSES).map((ip) => (
      <Fragment key={ip}>
        <Pivot of="ip" value={ip} />{" "}
      </Fragment>
    ))}
    {ips.length > FEW_ADDRESSES && <span class="more">{`+${count(ips.length - FEW_ADDRESSES)}`}</span>}
  </span>
);

const COLUMNS: readonly Column<SessionRow>[] = [
  {
    key: "who",
    title: "Who",
    width: "minmax(9rem, 4fr)",
    sort: "principal",
    render: (row) => (
      <Two below={<span class="num">{row.account_id ?? ""}</span>}>
        <Principal name={row.principal} />
      </Two>
    ),
  },
  {
    key: "time",
    title: "When (UTC)",
    width: "9.75rem",
    sort: "first_time",
    render: (row) => (
      <Two below={`for ${duration(row.seconds)}`}>
        <time class="num" dateTime={row.first_time}>
          {moment(row.first_time).slice(0, 19)}
        </time>
      </Two>
    ),
  },
  {
    key: "from",
    title: "From",
    width: "minmax(8.5rem, 2fr)",
    render: (row) => (
      <>
        <Addresses ips={row.ips} />
        <span class={`lower ${row.console && row.mfa === false ? "warn" : ""}`}>{signedIn(row)}</span>
      </>
    ),
  },
  {
    key: "events",
    title: "Events",
    width: "4.25rem",
    sort: "events",
    end: true,
    render: (row) => (
      <Two below={row.clicks > 0 ? counted(row.clicks, "click") : row.console ? "" : "program"}>
        <span class="num">{count(row.events)}</span>
        <Unit of={row.events} one="event" />
      </Two>
    ),
  },
  {
    key: "findings",
    title: "Findings",
    width: "4.75rem",
    sort: "findings",
    end: true,
    render: (row) => (
      <Two below={row.attempts ? counted(row.attempts, "attempt") : ""}>
        <span class={`num ${row.findings ? "loud" : "none"}`}>{count(row.findings)}</span>
        <Unit of={row.findings} one="finding" />
      </Two>
    ),
  },
  {
    key: "denied",
    title: "Denied",
    width: "4rem",
    sort: "denied",
    end: true,
    render: (row) => <span class={`num ${row.denied ? "loud" : "none"}`}>{count(row.denied)}</span>,
  },
  {
    key: "stands",
    title: "Stands out",
    width: "minmax(14rem, 9fr)",
    render: (row) => <Outstanding values={row.stands_out} />,
  },
];

const rowKey = (row: SessionRow) => row.session_id;
const timelineOf = (rows: readonly SessionRow[]) => {
  const params = new URLSearchParams();
  for (const row of rows) params.append("session", row.session_id);
  // Programs read all day, so their changes are shown first, and the switch shows how much is hidden.
  if (rows.every((row) => !row.console && (row.findings || row.attempts))) params.append("notable", "true");
  go("/timeline", params);
};

const compare = (rows: readonly SessionRow[]) =>
  go("/compare", new URLSearchParams(rows.map((row) => ["session", row.session_id])));

export function Sessions({ place: { params } }: { place: Place }) {
  const search = params.get("search") ?? "";
  const stands = params.get("stands") ?? "";
  const which = whichOf(params.get("console"));
  const { sorting, onSort } = sortingIn(params, "weight", true);
  const { sort, descending } = sorting;
  const rows = usePages<SessionRow>(`${search} ${stands} ${which} ${sort} ${descending}`, (offset, limit, signal) =>
    api.sessions(
      {
        search,
        stands,
        console: which === "notable" ? "all" : which,
        notable: which === "notable" || undefined,
        sort,
        descending,
        offset,
        limit,
      },
      signal,
    ),
  );
  useChanged((listener) => rows.subscribe(listener), rows);
  const selection = useSelection<SessionRow>();
  const set = (key: string, value: string, usual: string, replace = false) =>
    change((all) => (value === usual ? all.delete(key) : all.set(key, value)), replace);
  return (
    <div class="view">
      <h1 class="visually-hidden">Sessions</h1>
      <div class="bar">
        <Search label="Search sessions" value={search} onSearch={(text) => set("search", text, "", true)} />
        <Segmented
          label="Sessions to show"
          name="console"
          value={which}
          choices={WHICH}
          onChoose={(value) => set("console", value, "notable")}
        />
        <SortField sort={sort} onSort={onSort} />
        {stands && (
          <button type="button" onClick={() => set("stands", "", "")}>
            {`${visible(stands.replace(/^\d[\d,]* /, ""))} ×`}
            <span class="visually-hidden"> Remove this filter</span>
          </button>
        )}
        <Total total={rows.total} one="session" />
        <Chosen selection={selection} />
      </div>
      <Grid
        name="sessions"
        label="Sessions"
        columns={COLUMNS}
        rows={rows}
        rowKey={rowKey}
        empty={
          which === "all"
            ? "No matching sessions."
            : "No matching sessions. Choose All to include sessions in which nothing stands out."
        }
        compactBelow={76}
        compactRem={7.2}
        compactFits
        rowRem={4.1}
        selection={selection}
        sorting={sorting}
        onSort={onSort}
        onEnter={(row) => timelineOf([row])}
      />
    </div>
  );
}

const SORTS: readonly (readonly [string, string])[] = [
  ["weight", "what stands out"],
  ["first_time", "time"],
  ["secrets_read", "secret reads"],
  ["credentials_made", "credential creations"],
  ["defenses_weakened", "log or detector changes"],
  ["data_exposed", "data exposures"],
  ["destroyed", "destructive or costly calls"],
  ["denied", "denied calls"],
  ["events", "events"],
];

/** Sort orders, including those without a column. */
const SortField = ({ sort, onSort }: { sort: string | undefined; onSort: (sort: string) => void }) => (
  <label class="field">
    Sorted by{" "}
    <select value={sort} onChange={(event) => onSort(event.currentTarget.value)}>
      {!SORTS.some(([name]) => name === sort) && <option value={sort}>{sort}</option>}
      {SORTS.map(([name, title]) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </select>
  </label>
);

/** Actions for the selected sessions. */
const Chosen = ({ selection }: { selection: Selection<SessionRow> }) => (
  <div class="carry">
    {selection.size > 0 && (
      <>
        <span class="selected">{`${count(selection.size)} selected`}</span>
        <button type="button" class="primary" onClick={() => timelineOf(selection.rows())}>
          Show in one timeline
        </button>
        {selection.size === 2 && (
          <button type="button" onClick={() => compare(selection.rows())}>
            Compare
          </button>
        )}
        <button type="button" onClick={() => selection.clear()}>
          Deselect
        </button>
      </>
    )}
  </div>
);
