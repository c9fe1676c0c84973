// The timeline of one or several sessions, or of all sessions.

import { useRef, useState } from "preact/hooks";
import { api } from "../api/client";
import type { Count, Facets as FacetValues, Order, TimelineRow } from "../api/types";
import { Search } from "../components/search";
import { Total } from "../components/total";
import { Grid } from "../grid/grid";
import { announce } from "../lib/announce";
import { changed, type Filter, filterCount, readFilter, SHOWS, toggled, writeFilter } from "../lib/filter";
import { count, counted } from "../lib/format";
import { useAsked, useChanged, usePages } from "../lib/hooks";
import { star, useNotes } from "../lib/notes";
import { go, type Place } from "../lib/router";
import { type Selection, useSelection } from "../lib/selection";
import { ActorPanel } from "../timeline/actor";
import { Carry, copyText } from "../timeline/carry";
import { COLUMNS, OF_ONE_SESSION } from "../timeline/columns";
import { Detail } from "../timeline/detail";
import { Facets } from "../timeline/facets";
import { SessionHead, SessionsHead } from "../timeline/session-head";
import { HiddenPrograms, Shows } from "../timeline/shows";
import { Strip } from "../timeline/strip";

/** Wide enough for the filters to fit beside the rows. */
const ROOM_FOR_FACETS = "(width >= 80rem)";

const rowKey = (row: TimelineRow) => row.id;

/** How the rows are shown, which the address contains in addition to the filter. */
interface Layout {
  order: Order;
  /** Whether consecutive calls share a line. */
  folded: boolean;
  /** The rows that are expanded. */
  open: readonly string[];
}

function layoutOf(params: URLSearchParams): Layout {
  return {
    order: params.get("order") === "desc" ? "desc" : "asc",
    folded: params.get("folded") !== "false",
    open: params.getAll("open"),
  };
}

function write(filter: Filter, { order, folded, open }: Layout): URLSearchParams {
  const params = writeFilter(filter);
  if (order === "desc") params.append("order", order);
  if (!folded) params.append("folded", "false");
  for (const id of open) params.append("open", id);
  return params;
}

/** What the address requests, the resulting rows, and ways to request something else. */
function useTimeline({ params }: Place) {
  const filter = readFilter(params);
  const { href } = location;
  const layout = layoutOf(params);
  const { order, folded, open } = layout;
  // The number of rows in all lines, which is the number of lines if none is folded.
  const all = useRef<number | undefined>(undefined);
  const rows = usePages<TimelineRow>(`${writeFilter(filter)} ${order} ${folded}`, async (offset, limit, signal) => {
    if (!folded) return api.timeline(filter, { offset, limit, order }, signal);
    const page = await api.lines(filter, { offset, limit, order }, signal);
    all.current = page.all;
    return page;
  });
  useChanged((listener) => rows.subscribe(listener), rows);
  // Rows load first; everything beside them is requested after that.
  const ready = rows.total !== undefined;
  const facets = useAsked(ready ? `facets ${writeFilter(filter)}` : null, (signal) => api.facets(filter, signal));
  const put = (next: Filter, change: Partial<Layout>, replace: boolean) =>
    go("/timeline", write(next, { ...layout, ...change }), replace);
  return {
    filter,
    order,
    folded,
    open: new Set(open),
    rows,
    all: folded && ready ? all.current : rows.total,
    ready,
    facets: facets.data,
    // Changing a filter adds a step to the history; typing or expanding does not.
    ask: (next: Filter, replace = false) => put(changed(filter, next), {}, replace),
    toggle: (id: string) => put(filter, { open: toggled(open, id) }, true),
    reorder: () => put(filter, { order: order === "asc" ? "desc" : "asc" }, true),
    fold: () => put(filter, { folded: !folded }, true),
    /** The position of the row that a link expands. If the row is part of a line, the line is expanded as well. */
    locate: async (id: string) => {
      const found = await api.place(filter, id, { order, folded });
      // The answer must not bring back somebody who has left in the meantime.
      if (!found?.id || location.href !== href) return undefined;
      if (found.id !== id && !open.includes(found.id)) put(filter, { open: [found.id, ...open] }, true);
      return found.index;
    },
  };
}

type Asking = ReturnType<typeof useTimeline>;

const MOST_SUMMARIZED = 24;

export function Timeline({ place }: { place: Place }) {
  const asking = useTimeline(place);
  const { filter, facets, ask } = asking;
  const selection = useSelection<TimelineRow>();
  const chosen = [...new Set([...filter.session, ...filter.actor])];
  // Only as many as a link from the overview selects, because each one is a request.
  const known = filter.session.slice(0, MOST_SUMMARIZED);
  const several = useAsked(known.length > 0 ? known.join() : null, (signal) => api.sessionsOf(known, signal));
  const sessions = known.length > 0 ? several.data : undefined;
  const [beside, setBeside] = useState(() => matchMedia(ROOM_FOR_FACETS).matches);
  return (
    <div class={`view view-timeline ${beside ? "facets-open" : ""}`}>
      <h1 class="visually-hidden">Timeline</h1>
      {chosen.length === 1 && <Head id={chosen[0] ?? ""} />}
      {sessions && filter.session.length > 1 && filter.actor.length === 0 && (
        <SessionsHead rows={sessions} all={filter.session.length} />
      )}
      <Bar asking={asking} selection={selection} beside={beside} onBeside={() => setBeside(!beside)} />
      <div class="columns">
        <aside class="side" aria-label="Filters">
          <Facets filter={filter} facets={facets} sessions={sessions} onChange={ask} />
        </aside>
        <div class="main-column">
          <Strip filter={filter} ready={asking.ready} onZoom={(from, to) => ask({ ...filter, from, to })} />
          {hidesPrograms(filter) && facets?.programs && (
            <HiddenPrograms
              programs={facets.programs}
              onShow={() => ask({ ...filter, show: SHOWS.filter((each) => [...filter.show, "found"].includes(each)) })}
            />
          )}
          <Rows asking={asking} selection={selection} />
        </div>
      </div>
    </div>
  );
}

/** If the window is narrow or zoomed in, rows come first. */
const LOW = "(width < 64rem)";

/** Whose session it is, and who is behind it. */
function Head({ id }: { id: string }) {
  const [low] = useState(() => matchMedia(LOW).matches);
  const head = (
    <>
      <SessionHead id={id} />
      <ActorPanel id={id} />
    </>
  );
  if (!low) return head;
  return (
    <details class="folded-head">
      <summary>About this session</summary>
      {head}
    </details>
  );
}

interface PartProps {
  asking: Asking;
  selection: Selection<TimelineRow>;
}

interface BarProps extends PartProps {
  beside: boolean;
  onBeside: () => void;
}

function Bar({ asking, selection, beside, onBeside }: BarProps) {
  const { filter, folded, facets, rows, all, ask, fold } = asking;
  const set = filterCount(filter);
  return (
    <div class="bar">
      <Search
        label="Search the timeline"
        value={filter.search}
        onSearch={(search) => ask({ ...filter, search }, true)}
      />
      <button type="button" aria-expanded={beside} onClick={onBeside}>
        {set > 0 ? `Filters (${count(set)})` : "Filters"}
      </button>
      <Shows show={filter.show} counts={classCounts(filter, facets)} onChange={(show) => ask({ ...filter, show })} />
      <Notable
        on={filter.notable}
        others={facets?.notable.find((each) => each.value === "false")?.count}
        onChange={(notable) => ask({ ...filter, notable })}
      />
      <Folding
        on={folded}
        onChange={() => {
          // A selected line is not one of the rows that are shown without lines.
          selection.clear();
          fold();
        }}
      />
      <span class="totals-of">
        <Total total={rows.total} one={folded ? "line" : "row"} />
        {all !== undefined && all !== rows.total && <span class="total num">{` of ${counted(all, "row")}`}</span>}
      </span>
      <Carry filter={filter} total={all} selection={selection} />
    </div>
  );
}

/** The number of rows of each class. Without a filter, that of all rows from programs is known even if they are not shown. */
function classCounts(filter: Filter, facets: FacetValues | undefined): readonly Count[] {
  const { classes = [], programs = [] } = facets ?? {};
  const all = programs.find((each) => each.value === "all");
  const isKnown = classes.some((each) => each.value === "programmatic");
  if (isKnown || !all || filterCount(filter) > 0 || filter.session.length > 0) return classes;
  return [...classes, { ...all, value: "programmatic" }];
}

/** Whether rows from programs are hidden although nobody filtered the timeline. */
const hidesPrograms = (filter: Filter) =>
  filterCount(filter) === 0 &&
  filter.session.length === 0 &&
  !filter.show.includes("programmatic") &&
  !filter.show.includes("found");

interface NotableProps {
  on: boolean;
  /** The number of rows that are neither changes nor findings. */
  others: number | undefined;
  onChange: (on: boolean) => void;
}

/** The switch that hides reads, and how many it hides. */
const Notable = ({ on, others, onChange }: NotableProps) => (
  <label
    class={`notable ${on ? "chosen" : ""}`}
    title="Activity that changed something, retrieved a secret, stands out, or was denied"
  >
    <input type="checkbox" checked={on} onChange={() => onChange(!on)} />
    Changes and findings only
    {on && others !== undefined && <span class="num facet-count">{`${count(others)} hidden`}</span>}
  </label>
);

interface FoldingProps {
  on: boolean;
  onChange: () => void;
}

/** The switch between one line for consecutive calls and one line per call. */
const Folding = ({ on, onChange }: FoldingProps) => (
  <label
    class={`notable ${on ? "chosen" : ""}`}
    title="One line for consecutive reads from one service, and for repetitions of the same change"
  >
    <input type="checkbox" checked={on} onChange={onChange} />
    Group calls
  </label>
);

async function starAll(rows: readonly TimelineRow[]) {
  for (const row of rows) await star({ type: row.entry === "signal" ? "click" : "event", id: row.id });
}

function Rows({ asking: { filter, order, open, rows, toggle, reorder, locate }, selection }: PartProps) {
  useNotes();
  const onKey = (pressed: string, row: TimelineRow | undefined) => {
    const chosen = selection.size > 0 ? selection.rows() : row ? [row] : [];
    if (chosen.length === 0) return false;
    if (pressed === "c") copyText(chosen).catch(() => announce("Could not copy."));
    else if (pressed === "s") starAll(chosen).catch(() => announce("Could not save."));
    else return false;
    return true;
  };
  return (
    <Grid
      name="timeline"
      label="Timeline"
      columns={filter.session.length === 1 ? OF_ONE_SESSION : COLUMNS}
      rows={rows}
      rowKey={rowKey}
      empty="No matching rows. Show more kinds of rows above, or clear filters on the left."
      compactBelow={60}
      compactRem={6.75}
      rowRem={3.4}
      detail={(row) => <Detail row={row} filter={filter} open={open} />}
      open={open}
      locate={locate}
      onToggle={toggle}
      selection={selection}
      sorting={{ sort: "time", descending: order === "desc" }}
      onSort={reorder}
      onKey={onKey}
    />
  );
}
