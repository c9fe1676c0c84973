import type { TimelineRow } from "../api/types";
import { Failed, Kind, Sure } from "../components/badge";
import { RowMarks } from "../components/notes";
import { Pivot } from "../components/pivot";
import { Text } from "../components/text";
import type { Column } from "../grid/types";
import { clock, count, day } from "../lib/format";
import { there, useZone, zoneName } from "../lib/zone";

/** What a row is in a word: the kind of a signal, the class of an event. */
export const kindOf = (row: TimelineRow): string => row.kind ?? row.class;

const Time = ({ row }: { row: TimelineRow }) => {
  useZone();
  const local = there(row.time);
  return (
    <>
      <time class="num upper" dateTime={row.time}>
        <span class="day">{day(row.time)}</span> {clock(row.time)}
      </time>
      {local && (
        <span class="num lower" title={zoneName()}>
          {local.slice(0, 10) === day(row.time) ? local.slice(11) : local} {zoneName()}
        </span>
      )}
    </>
  );
};

/** Why it failed, the sentence, and below it the page, its confidence unless that is high, and notes. */
const What = ({ row }: { row: TimelineRow }) => (
  <>
    <span class="upper">
      <Failed code={row.error_code} kind={row.kind} />
      <Text value={row.summary} max={320} />
    </span>
    <span class="lower">
      <RowMarks id={row.id} /> <Sure value={row.confidence} origin={row.origin} /> <Text value={row.title} max={120} />
    </span>
  </>
);

/** The kind, and for an event without a signal also its class. */
const KindOf = ({ row }: { row: TimelineRow }) => (
  <>
    <Kind kind={kindOf(row)} />
    {row.entry === "event" && row.kind !== null && <span class="lower">{row.class}</span>}
  </>
);

type Columns = readonly Column<TimelineRow>[];

const FIRST: Columns = [
  { key: "time", title: "Time (UTC)", width: "9.5rem", sort: "time", render: (row) => <Time row={row} /> },
  { key: "kind", title: "Kind", width: "5.75rem", render: (row) => <KindOf row={row} /> },
  { key: "what", title: "What was done, and where", width: "minmax(14rem, 8fr)", render: (row) => <What row={row} /> },
];

const EVENTS: Column<TimelineRow> = {
  key: "events",
  title: "Events",
  width: "3rem",
  end: true,
  render: (row) => <span class="num">{count(row.events)}</span>,
};

const Region = ({ row }: { row: TimelineRow }) => <Text value={row.region} max={40} />;

/** Where the call came from; for a service, its name. */
const From = ({ row }: { row: TimelineRow }) => (row.source_ip ? <Pivot of="ip" value={row.source_ip} /> : null);

const Who = ({ row }: { row: TimelineRow }) => (
  <>
    <span class="upper">
      {row.principal ? <Pivot of="principal" value={row.principal} /> : <span class="none">–</span>}
    </span>
    <span class="lower">
      <From row={row} /> <Region row={row} />
    </span>
  </>
);

/** Rows of any session. */
export const COLUMNS: Columns = [
  ...FIRST,
  { key: "who", title: "Principal, address, region", width: "minmax(10rem, 3fr)", render: (row) => <Who row={row} /> },
  EVENTS,
];

/** Rows of one session, whose principal is shown above. */
export const OF_ONE_SESSION: Columns = [
  ...FIRST,
  {
    key: "who",
    title: "Region, address",
    width: "8.5rem",
    render: (row) => (
      <>
        <span class="upper">
          <Region row={row} />
        </span>
        <span class="lower">
          <From row={row} />
        </span>
      </>
    ),
  },
  EVENTS,
];
