import type { TimelineRow } from "../api/types";
import { Failed, Kind, Sure } from "../components/badge";
import { Text } from "../components/text";
import type { Column } from "../grid/types";
import { clock, count, day } from "../lib/format";

/** What a row is in a word: the kind of a signal, the class of an event. */
export const kindOf = (row: TimelineRow): string => row.kind ?? row.class;

const Time = ({ row }: { row: TimelineRow }) => (
  <time class="num" dateTime={row.time}>
    <span class="day">{day(row.time)}</span> {clock(row.time)}
  </time>
);

/** The sentence; most say themselves why a call failed. */
const What = ({ row }: { row: TimelineRow }) => (
  <>
    <Text value={row.summary} max={320} />{" "}
    <Failed code={row.error_code && row.summary?.includes(row.error_code) ? "failed" : row.error_code} />
  </>
);

export const COLUMNS: readonly Column<TimelineRow>[] = [
  { key: "time", title: "Time (UTC)", width: "9.5rem", sort: "time", render: (row) => <Time row={row} /> },
  { key: "kind", title: "Kind", width: "5.5rem", render: (row) => <Kind kind={kindOf(row)} /> },
  { key: "page", title: "Page", width: "minmax(7.5rem, 2fr)", render: (row) => <Text value={row.title} max={120} /> },
  { key: "what", title: "What was done", width: "minmax(14rem, 8fr)", render: (row) => <What row={row} /> },
  {
    key: "sure",
    title: "Confidence",
    width: "5.5rem",
    render: (row) => <Sure value={row.confidence} origin={row.origin} />,
  },
  {
    key: "who",
    title: "Principal",
    width: "minmax(4.5rem, 1fr)",
    render: (row) => <Text value={row.principal} max={120} />,
  },
  { key: "region", title: "Region", width: "5.25rem", render: (row) => <Text value={row.region} max={40} /> },
  {
    key: "events",
    title: "Events",
    width: "3rem",
    end: true,
    render: (row) => <span class="num">{count(row.events)}</span>,
  },
];
