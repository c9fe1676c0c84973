// What a row of the timeline unfolds to: a click with its things, its reasons and its events, or an event as it was.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { Entity, EventFacts, SignalDetail, SignalEvent, TimelineRow } from "../api/types";
import { Failed } from "../components/badge";
import { JsonView } from "../components/json";
import { Pivot, Thing } from "../components/pivot";
import { Problem } from "../components/problem";
import { LongText, Text } from "../components/text";
import { type Filter, writeFilter } from "../lib/filter";
import { clock, confidence, count, counted } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { clip, visible, visibleLines } from "../lib/text";
import { explanation } from "./why";

interface DetailProps {
  row: TimelineRow;
  /** What is asked for; where it is not given, no rows share a line. */
  filter?: Filter;
}

export function Detail({ row, filter }: DetailProps) {
  if (row.entry === "signal") return <Signal row={row} />;
  if (filter && (row.rows ?? 1) > 1) return <Calls row={row} filter={filter} />;
  return <RawEvent id={row.id} />;
}

function Signal({ row }: { row: TimelineRow }) {
  const { data, error, again } = useAsked(row.id, (signal) => api.signal(row.id, signal));
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="waiting">Loading the click …</p>;
  const why = explanation(data.why);
  return (
    <div class="signal">
      <p class="signal-what">
        <LongText value={data.signal.summary} max={600} />
      </p>
      <div class="signal-parts">
        <Facts detail={data} found={why.found} row={row} />
        <Entities entities={data.entities} />
      </div>
      <Events id={row.id} total={data.signal.event_count} />
      <Why lines={why.lines} />
    </div>
  );
}

interface FactsProps {
  detail: SignalDetail;
  found: string | null;
  row: TimelineRow;
}

function Facts({ detail: { signal, rule }, found, row }: FactsProps) {
  const path = rule?.console_path?.length ? rule.console_path.join(" › ") : signal.title;
  return (
    <section>
      <h3>Page</h3>
      <dl class="facts">
        <dt>Where</dt>
        <dd>{visible(path)}</dd>
        <dt>Rule</dt>
        <dd class="mono">{visible(signal.rule_id)}</dd>
        <dt>Confidence</dt>
        <dd>{`${confidence(signal.confidence)}, ${visible(found ?? `by ${signal.origin}`)}`}</dd>
        {signal.attack && signal.attack.length > 0 && (
          <>
            <dt>ATT&CK</dt>
            <dd class="mono">{signal.attack.map(visible).join(", ")}</dd>
          </>
        )}
        {signal.missing && signal.missing.length > 0 && (
          <>
            <dt>Missing</dt>
            <dd class="mono">{signal.missing.map(visible).join(", ")}</dd>
          </>
        )}
        <dt>Id</dt>
        <dd class="mono">{visible(signal.signal_id)}</dd>
        {row.principal && (
          <>
            <dt>Who</dt>
            <dd>
              <Pivot of="principal" value={row.principal} tabs />
            </dd>
          </>
        )}
        {row.source_ip && (
          <>
            <dt>Address</dt>
            <dd>
              <Pivot of="ip" value={row.source_ip} tabs />
            </dd>
          </>
        )}
        {row.session_id && (
          <>
            <dt>Session</dt>
            <dd>
              <Pivot of="session" value={row.session_id} text={row.session_id.slice(0, 8)} tabs />
            </dd>
          </>
        )}
      </dl>
      <DeepLink url={signal.url} />
    </section>
  );
}

/** The page itself: the only link that leaves, and only when it is clicked. */
function DeepLink({ url }: { url: string | null }) {
  if (!url?.startsWith("https://")) return null;
  return (
    <p class="deep">
      <a href={url} target="_blank" rel="noopener noreferrer">
        Open this page in the AWS console
      </a>
      <span class="mono deep-url">{visible(clip(url, 200).text)}</span>
    </p>
  );
}

const FEW = 12;

function Entities({ entities }: { entities: readonly Entity[] }) {
  const [all, setAll] = useState(false);
  if (entities.length === 0) return null;
  return (
    <section>
      <h3>{`On the page (${count(entities.length)})`}</h3>
      <ul class="things">
        {(all ? entities : entities.slice(0, FEW)).map((entity) => (
          <li key={`${entity.entity_type} ${entity.entity_value}`}>
            <Thing type={entity.entity_type} value={entity.entity_value} />
          </li>
        ))}
      </ul>
      {entities.length > FEW && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "show less" : `${count(entities.length - FEW)} more`}
        </button>
      )}
    </section>
  );
}

const FEW_LINES = 8;

function Why({ lines }: { lines: readonly string[] }) {
  const [all, setAll] = useState(false);
  if (lines.length === 0) return null;
  const shown = all ? lines : lines.slice(0, FEW_LINES);
  return (
    <section class="why">
      <h3>Why</h3>
      <pre>{visibleLines(shown.map((line) => clip(line, all ? Number.POSITIVE_INFINITY : 240).text).join("\n"))}</pre>
      {lines.length > FEW_LINES && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "show less" : `${count(lines.length - FEW_LINES)} more lines`}
        </button>
      )}
    </section>
  );
}

const STEP = 50;

function Events({ id, total }: { id: string; total: number }) {
  const [limit, setLimit] = useState(STEP);
  const { data, error, again } = useAsked(`${id} ${limit}`, (signal) =>
    api.signalEvents(id, { offset: 0, limit }, signal),
  );
  if (error) return <Problem error={error} again={again} />;
  return (
    <section class="events">
      <h3>{`Original events (${count(total)})`}</h3>
      {data?.rows.map((event) => (
        <EventLine key={event.event_id} event={event} />
      ))}
      {data && data.rows.length < data.total && (
        <button type="button" class="link" onClick={() => setLimit((last) => Math.min(last * 4, 1000))}>
          {`${counted(data.total - data.rows.length, "more event")}`}
        </button>
      )}
    </section>
  );
}

/** The calls that share a line, each of which unfolds to its record. */
function Calls({ row, filter }: { row: TimelineRow; filter: Filter }) {
  const [limit, setLimit] = useState(STEP);
  // A line is of one session: its rows are found among those.
  const own = row.session_id ? { ...filter, session: [row.session_id] } : filter;
  const { data, error, again } = useAsked(`${row.id} ${limit} ${writeFilter(own)}`, (signal) =>
    api.line(own, row.id, { offset: 0, limit }, signal),
  );
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="waiting">Asking for the calls …</p>;
  return (
    <section class="events">
      <h3>{`Calls (${count(data.total)}${row.failed ? `, ${count(row.failed)} failed` : ""})`}</h3>
      {data.rows.map((call) => (
        <CallLine key={call.id} call={call} />
      ))}
      {data.rows.length < Math.min(data.total, MOST_CALLS) && (
        <button type="button" class="link" onClick={() => setLimit((last) => Math.min(last * 4, MOST_CALLS))}>
          {`${counted(data.total - data.rows.length, "more call")}`}
        </button>
      )}
      {data.total > MOST_CALLS && data.rows.length === MOST_CALLS && (
        <p class="muted">{`These are the first ${count(MOST_CALLS)}; without Fold calls each has a row of its own.`}</p>
      )}
    </section>
  );
}

/** The most that one answer of the server has. */
const MOST_CALLS = 1000;

function CallLine({ call }: { call: TimelineRow }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="event">
      <button type="button" class="event-line call-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="num">{clock(call.time)}</span>
        <span class="mono event-key">{visible(call.title ?? "")}</span>
        <span class="call-what">
          <Text value={call.summary} max={160} />
        </span>
        <span class="mono event-ip">{visible(call.source_ip ?? "")}</span>
        <Failed code={call.error_code} />
      </button>
      {open && <RawEvent id={call.id} />}
    </div>
  );
}

function EventLine({ event }: { event: SignalEvent }) {
  const [open, setOpen] = useState(false);
  return (
    <div class="event">
      <button type="button" class="event-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="num">{clock(event.event_time)}</span>
        <span class="mono event-key">{visible(event.event_key)}</span>
        <span class="event-role">{visible(event.role)}</span>
        <span class="event-mode">{event.read_only === false ? "write" : ""}</span>
        <span class="mono event-ip">{visible(event.source_ip ?? "")}</span>
        <Failed code={event.error_code} />
      </button>
      {open && <RawEvent id={event.event_id} />}
    </div>
  );
}

/** Who, from where, with what, and about what: each leads to all of it. */
function About({ facts, session }: { facts: EventFacts; session: string | null }) {
  const { principal, source_ip, access_key_id, entities, classes } = facts;
  const fact = (name: string, value: ComponentChildren) =>
    value ? (
      <>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </>
    ) : null;
  return (
    <div class="about">
      <p class="signal-what">
        <LongText value={facts.summary} max={600} />
      </p>
      <dl class="facts">
        {fact("Who", principal && <Pivot of="principal" value={principal} tabs />)}
        {fact("Address", source_ip && <Pivot of="ip" value={source_ip} tabs />)}
        {fact("Access key", access_key_id && <Pivot of="key" value={access_key_id} tabs />)}
        {fact("Session", session && <Pivot of="session" value={session} text={session.slice(0, 8)} tabs />)}
        {fact("User agent", facts.user_agent && <Text value={facts.user_agent} max={200} />)}
        {fact("Outcome", visible(facts.outcome ?? ""))}
        {fact("Stands out", classes.length > 0 && visible(classes.join(", ")))}
        {fact(
          "About",
          entities.length > 0 && (
            <ul class="things">
              {entities.slice(0, MOST_THINGS).map((each) => (
                <li key={`${each.relation} ${each.entity_type} ${each.entity_value}`}>
                  <Thing type={each.entity_type} value={each.entity_value} />{" "}
                  <span class="muted">{visible(each.relation)}</span>
                </li>
              ))}
            </ul>
          ),
        )}
      </dl>
    </div>
  );
}

const MOST_THINGS = 40;

function RawEvent({ id }: { id: string }) {
  const { data, error, again } = useAsked(id, (signal) => api.event(id, signal));
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="waiting">Loading the event …</p>;
  return (
    <div class="raw">
      {data.facts && <About facts={data.facts} session={data.session_id} />}
      <JsonView value={data.event} label={`Event ${visible(id)}`} />
      {data.source_file && <p class="from">{`from ${visible(data.source_file)}`}</p>}
    </div>
  );
}
