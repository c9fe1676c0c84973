// Who was there: one row a session, what stands out first.

import { type ComponentChildren, Fragment } from "preact";
import { api } from "../api/client";
import type { SessionRow } from "../api/types";
import { Search } from "../components/search";
import { Segmented } from "../components/segmented";
import { Principal, Text } from "../components/text";
import { Total } from "../components/total";
import { Grid } from "../grid/grid";
import type { Column } from "../grid/types";
import { count, duration, moment } from "../lib/format";
import { useChanged, usePages } from "../lib/hooks";
import { change, go, type Place } from "../lib/router";
import { type Selection, useSelection } from "../lib/selection";
import { signedIn } from "../lib/session";
import { sortingIn } from "../lib/sorting";
import { visible } from "../lib/text";

type Which = "true" | "false" | "all";
const WHICH: readonly (readonly [Which, string])[] = [
  ["true", "Console"],
  ["false", "Programs"],
  ["all", "All"],
];
const whichOf = (value: string | null): Which => (value === "false" || value === "all" ? value : "true");

const Two = ({ children, below }: { children: ComponentChildren; below: ComponentChildren }) => (
  <>
    <span class="upper">{children}</span>
    <span class="lower">{below}</span>
  </>
);

/** What stands out, in words; all of it in the hover text. */
const Outstanding = ({ values }: { values: readonly string[] }) => (
  <span class="outstanding" title={values.map(visible).join(" · ")}>
    {values.map((value, index) => (
      <Fragment key={value}>
        <span>{visible(value) + (index < values.length - 1 ? " ·" : "")}</span>{" "}
      </Fragment>
    ))}
  </span>
);

const tally = (
  key: "events" | "clicks" | "changes" | "secrets" | "denied" | "unexplained_events",
  title: string,
  loud = false,
): Column<SessionRow> => ({
  key,
  title,
  width: "3.75rem",
  sort: key,
  end: true,
  render: (row) => (
    <span class={`num ${row[key] === 0 ? "none" : ""} ${loud && row[key] > 0 ? "loud" : ""}`}>{count(row[key])}</span>
  ),
});

const COLUMNS: readonly Column<SessionRow>[] = [
  {
    key: "who",
    title: "Who",
    width: "minmax(8rem, 3fr)",
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
    width: "minmax(7.5rem, 2fr)",
    render: (row) => (
      <Two below={<span class={row.mfa === false ? "warn" : ""}>{signedIn(row)}</span>}>
        <span class="num">
          <Text value={row.ips.join(", ")} max={120} />
        </span>
      </Two>
    ),
  },
  tally("events", "Events"),
  tally("clicks", "Clicks"),
  tally("changes", "Changes"),
  tally("secrets", "Secrets", true),
  tally("denied", "Denied", true),
  tally("unexplained_events", "Unexpl."),
  {
    key: "stands",
    title: "Stands out",
    width: "minmax(9rem, 6fr)",
    render: (row) => <Outstanding values={row.stands_out} />,
  },
];

const rowKey = (row: SessionRow) => row.session_id;
const timelineOf = (ids: readonly string[]) => {
  const params = new URLSearchParams();
  for (const id of ids) params.append("session", id);
  go("/timeline", params);
};

export function Sessions({ place: { params } }: { place: Place }) {
  const search = params.get("search") ?? "";
  const which = whichOf(params.get("console"));
  const { sorting, onSort } = sortingIn(params, "first_time", false);
  const { sort, descending } = sorting;
  const rows = usePages<SessionRow>(`${search} ${which} ${sort} ${descending}`, (offset, limit, signal) =>
    api.sessions({ search, console: which, sort, descending, offset, limit }, signal),
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
          label="Which sessions"
          name="console"
          value={which}
          choices={WHICH}
          onChoose={(value) => set("console", value, "true")}
        />
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
          which === "true" ? "No session of the console matches. Look among programs, too." : "No session matches."
        }
        compactBelow={67.5}
        compactRem={8.75}
        rowRem={3.75}
        selection={selection}
        sorting={sorting}
        onSort={onSort}
        onEnter={(row) => timelineOf([row.session_id])}
      />
    </div>
  );
}

/** What can be done with the sessions that are selected. */
const Chosen = ({ selection }: { selection: Selection<SessionRow> }) => (
  <div class="carry">
    {selection.size > 0 && (
      <>
        <span class="selected">{`${count(selection.size)} selected`}</span>
        <button type="button" class="primary" onClick={() => timelineOf(selection.rows().map(rowKey))}>
          Show in one timeline
        </button>
        <button type="button" onClick={() => selection.clear()}>
          Unselect
        </button>
      </>
    )}
  </div>
);
