// The details of a timeline row: a click with its entities, reasons and events, or an original event.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { CallGroup, Entity, EventFacts, ReasonWords, SignalDetail, SignalEvent, TimelineRow } from "../api/types";
import { Failed, isUnset } from "../components/badge";
import { JsonView } from "../components/json";
import { NoteBar } from "../components/notes";
import { Pivot, Thing } from "../components/pivot";
import { Problem } from "../components/problem";
import { LongText, Text } from "../components/text";
import { type Filter, writeFilter } from "../lib/filter";
import { clock, confidence, count, counted } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { shortened, visible, visibleLines } from "../lib/text";
import { Screen } from "./screen";
import { explanation } from "./why";

interface DetailProps {
  row: TimelineRow;
  /** The current filter. Without it, no rows share a line. */
  filter?: Filter;
  /** The IDs of the expanded rows, one of which may be part of a line. */
  open?: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

export function Detail({ row, filter, open = NOTHING }: DetailProps) {
  if (row.entry === "signal") return <Signal row={row} open={open} />;
  if (filter && (row.rows ?? 1) > 1) return <Calls row={row} filter={filter} open={open} />;
  return <RawEvent id={row.id} />;
}

function Signal({ row, open }: { row: TimelineRow; open: ReadonlySet<string> }) {
  const { data, error, again } = useAsked(row.id, (signal) => api.signal(row.id, signal));
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="waiting">Loading the click …</p>;
  const why = explanation(data.why);
  return (
    <div class="signal">
      <p class="signal-what">
        <LongText value={data.signal.summary} max={600} />
      </p>
      <NoteBar target={{ type: "click", id: row.id }} label="this click" />
      <Screen id={row.id} session={row.session_id} />
      <div class="signal-parts">
        <Facts detail={data} found={why.found} row={row} />
        <Entities entities={data.entities} />
      </div>
      <Events id={row.id} total={data.signal.event_count} calls={data.calls} open={open} />
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
        <dd>{`${confidence(signal.confidence)}, ${visible(found ?? `origin: ${signal.origin}`)}`}</dd>
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
        <dt>ID</dt>
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

/** A link to the page itself: the only link to another site, followed only when it is clicked. */
function DeepLink({ url }: { url: string | null }) {
  if (!url?.startsWith("https://")) return null;
  return (
    <p class="deep">
      <a href={url} target="_blank" rel="noopener noreferrer">
        Open this page in the AWS console
      </a>
      <span class="mono deep-url">{visible(shortened(url, 200))}</span>
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
      <pre>{visibleLines(shown.map((line) => shortened(line, all ? Number.POSITIVE_INFINITY : 240)).join("\n"))}</pre>
      {lines.length > FEW_LINES && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "show less" : counted(lines.length - FEW_LINES, "more line")}
        </button>
      )}
    </section>
  );
}

const STEP = 50;

/** CloudTrail records sign-ins as writes, but they change nothing. */
const isSignIn = (call: string) => call.startsWith("signin:");

interface EventsProps {
  id: string;
  total: number;
  calls: readonly CallGroup[];
  open: ReadonlySet<string>;
}

/** The events by call: `GetLoginProfile ×20, 4 NoSuchEntity`; a call expands to its events. */
function Events({ id, total, calls, open }: EventsProps) {
  return (
    <section class="events">
      <h3>{`Original events (${count(total)})`}</h3>
      {calls.map((call) => (
        <CallOfClick key={call.event_key} id={id} call={call} open={open} />
      ))}
    </section>
  );
}

function CallOfClick({ id, call, open }: { id: string; call: CallGroup; open: ReadonlySet<string> }) {
  const [shown, setShown] = useState(false);
  const name = call.event_key;
  return (
    <div class="event">
      <button
        type="button"
        class="event-line call-group"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
        title={call.roles.map(visible).join(", ")}
      >
        <span class="num">{clock(call.first_time)}</span>
        <span class="mono event-key">
          {visible(name)}
          {call.events > 1 && <strong>{` ×${count(call.events)}`}</strong>}
        </span>
        <span class="event-mode">{call.writes && !isSignIn(name) ? "change" : ""}</span>
        <span class="call-errors">
          {call.failed > 0 && (
            <span class={isUnset(call.errors ?? [], call.writes !== true) ? "failed unset" : "failed"}>
              {call.events > 1 ? `${count(call.failed)} ` : ""}
              {visible(shortened((call.errors ?? []).join(", "), 120))}
            </span>
          )}
        </span>
      </button>
      {shown && <EventsOfCall id={id} call={name} open={open} only={call.events === 1} />}
    </div>
  );
}

interface OfCallProps {
  id: string;
  call: string;
  open: ReadonlySet<string>;
  /** Whether there is only one event, which is shown immediately. */
  only: boolean;
}

function EventsOfCall({ id, call, open, only }: OfCallProps) {
  const [limit, setLimit] = useState(STEP);
  const { data, error, again } = useAsked(`${id} ${call} ${limit}`, (signal) =>
    api.signalEvents(id, call, { offset: 0, limit }, signal),
  );
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="waiting">Loading the events …</p>;
  const [first] = data.rows;
  if (only && first) return <RawEvent id={first.event_id} />;
  return (
    <div class="events-of-call">
      {data.rows.map((event) => (
        <EventLine key={event.event_id} event={event} opened={open.has(event.event_id)} />
      ))}
      {data.rows.length < data.total && (
        <button type="button" class="link" onClick={() => setLimit((last) => Math.min(last * 4, 1000))}>
          {`${counted(data.total - data.rows.length, "more event")}`}
        </button>
      )}
    </div>
  );
}

/** The calls that share a line, each of which expands to its record. */
function Calls({ row, filter, open }: { row: TimelineRow; filter: Filter; open: ReadonlySet<string> }) {
  const [limit, setLimit] = useState(STEP);
  // A line belongs to one session, so its rows are looked up in that session.
  const own = row.session_id ? { ...filter, session: [row.session_id] } : filter;
  const { data, error, again } = useAsked(`${row.id} ${limit} ${writeFilter(own)}`, (signal) =>
    api.line(own, row.id, { offset: 0, limit }, signal),
  );
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="waiting">Loading the calls …</p>;
  return (
    <section class="events">
      <h3>{`Calls (${count(data.total)}${row.failed ? `, ${count(row.failed)} failed` : ""})`}</h3>
      {data.rows.map((call) => (
        <CallLine key={call.id} call={call} opened={call.id !== row.id && open.has(call.id)} />
      ))}
      {data.rows.length < Math.min(data.total, MOST_CALLS) && (
        <button type="button" class="link" onClick={() => setLimit((last) => Math.min(last * 4, MOST_CALLS))}>
          {`${counted(data.total - data.rows.length, "more call")}`}
        </button>
      )}
      {data.total > MOST_CALLS && data.rows.length === MOST_CALLS && (
        <p class="muted">{`Only the first ${count(MOST_CALLS)} calls are shown. Turn off Group calls to show each call in its own row.`}</p>
      )}
    </section>
  );
}

/** The maximum number of calls in one response from the server. */
const MOST_CALLS = 1000;

function CallLine({ call, opened }: { call: TimelineRow; opened: boolean }) {
  const [open, setOpen] = useState(opened);
  return (
    <div class="event">
      <button type="button" class="event-line call-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="num">{clock(call.time)}</span>
        <span class="mono event-key">{visible(call.title ?? "")}</span>
        <span class="call-what">
          <Text value={call.summary} max={160} />
        </span>
        <span class="mono event-ip">{visible(call.source_ip ?? "")}</span>
        <Failed code={call.error_code} kind={call.kind} />
      </button>
      {open && <RawEvent id={call.id} />}
    </div>
  );
}

function EventLine({ event, opened }: { event: SignalEvent; opened: boolean }) {
  const [open, setOpen] = useState(opened);
  return (
    <div class="event">
      <button type="button" class="event-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="num">{clock(event.event_time)}</span>
        <span class="mono event-key">{visible(event.event_key)}</span>
        <span class="event-role">{visible(event.role)}</span>
        <span class="event-mode">{event.read_only === false && !isSignIn(event.event_key) ? "change" : ""}</span>
        <span class="mono event-ip">{visible(event.source_ip ?? "")}</span>
        <Failed code={event.error_code} kind={event.read_only === false ? "change" : null} />
      </button>
      {open && <RawEvent id={event.event_id} />}
    </div>
  );
}

/** `secret read` for the class, effect and object `secret_read read secret`. */
const inWords = (text: string, reasons: readonly ReasonWords[]) => {
  const [name = "", ...rest] = text.split(" ");
  const known = reasons.find((each) => each.reason === name);
  const [effect = ""] = rest;
  return known ? `${known.one}${known.one.includes(effect) ? "" : ` (${effect})`}` : text.replaceAll("_", " ");
};

/** Who, from where, with what, and about what. Each value links to all its activity. */
function About({ facts, session }: { facts: EventFacts; session: string | null }) {
  const { principal, source_ip, access_key_id, entities, classes } = facts;
  const reasons = useAsked("case", (signal) => api.case(signal)).data?.reasons ?? [];
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
        {fact("User agent", facts.user_agent && <Pivot of="agent" value={facts.user_agent} tabs />)}
        {fact("API", facts.event_key && <Pivot of="call" value={facts.event_key} tabs />)}
        {fact("Outcome", visible(facts.outcome ?? ""))}
        {fact("Stands out", classes.length > 0 && visible(classes.map((each) => inWords(each, reasons)).join(", ")))}
        {fact(
          "About",
          entities.length > 0 && (
            <ul class="things">
              {entities.slice(0, MOST_THINGS).map((each) => (
                <li key={`${each.relation} ${each.entity_type} ${each.entity_value}`}>
                  <Thing type={each.entity_type} value={each.entity_value} />{" "}
                  <span class="muted">{visible(each.relation.replaceAll("_", " "))}</span>
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
      <NoteBar target={{ type: "event", id }} label="this event" />
      <JsonView value={data.event} label={`Event ${visible(id)}`} />
      {data.source_file && <p class="from">{`from ${visible(data.source_file)}`}</p>}
    </div>
  );
}
