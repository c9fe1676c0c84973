// All hunts at a glance, by tactic, with their numbers of hits. The time range and the identity apply to all hunts.

import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { Hunt, HuntHits, Json } from "../api/types";
import { Problem } from "../components/problem";
import { count, counted, moment } from "../lib/format";
import { grouped } from "../lib/group";
import { useAsked, useTyped } from "../lib/hooks";
import { useKept } from "../lib/kept";
import { change, follow, type Place } from "../lib/router";
import { evidenceHref } from "../lib/story";
import { shortened, visible } from "../lib/text";

export function Hunts({ place: { params } }: { place: Place }) {
  const asked = {
    from: momentOf(params.get("from")),
    to: momentOf(params.get("to")),
    principal: params.get("principal"),
  };
  const hunts = useAsked("hunts", (signal) => api.hunts(signal));
  const hits = useAsked(`${asked.from} ${asked.to} ${asked.principal}`, (signal) => api.hits(asked, signal));
  const known = useAsked("case", (signal) => api.case(signal)).data;
  const hint = (time: string | null | undefined) => (time ? moment(time).slice(0, 16) : "");
  const empty = params.get("empty") === "true";
  const view = useKept("hunts", hunts.data !== undefined && hits.data !== undefined);
  if (hunts.error) return <Problem error={hunts.error} again={hunts.again} />;
  const found = new Map(hits.data?.map((each) => [each.id, each]));
  const tactics = [...grouped(hunts.data ?? [], (hunt) => hunt.tactic)];
  const withHits = hits.data?.filter((each) => each.hits > 0).length ?? 0;
  return (
    <div class="view view-hunts" ref={view}>
      <h1 class="visually-hidden">Hunts</h1>
      <div class="bar">
        <Field name="principal" label="Identity" hint="name, % matches any text" value={asked.principal ?? ""} />
        <Field name="from" label="From (UTC)" hint={hint(known?.first_time)} value={shown(asked.from)} />
        <Field name="to" label="To (UTC)" hint={hint(known?.last_time)} value={shown(asked.to)} />
        <label class="field">
          <input
            type="checkbox"
            checked={empty}
            onChange={() => change((all) => (empty ? all.delete("empty") : all.set("empty", "true")), true)}
          />{" "}
          Hunts without hits
        </label>
        <span class="total" aria-live="polite">
          {hits.loading || !hits.data
            ? "Running the hunts …"
            : `${count(withHits)} of ${counted(hits.data.length, "hunt")} ${withHits === 1 ? "has" : "have"} hits`}
        </span>
      </div>
      {hits.error !== undefined && <Problem error={hits.error} again={hits.again} />}
      {hits.data && withHits === 0 && (
        <p class="empty">No hunt has hits. Clear the identity or the time range to search everything.</p>
      )}
      {hits.data && (
        <div class="tactics">
          {tactics.map(([tactic, some]) => (
            <Tactic key={tactic} tactic={tactic} hunts={some} found={found} empty={empty} asked={asked} />
          ))}
        </div>
      )}
    </div>
  );
}

interface Asked {
  from: string | null;
  to: string | null;
  principal: string | null;
}

/** A time in the address, if it is valid. A date means the start of that day. */
function momentOf(text: string | null): string | null {
  if (!text) return null;
  const time = Date.parse(
    /[zZ]|[+-]\d\d:\d\d$/.test(text) ? text : `${text.trim().replace(" ", "T")}${text.trim().length > 10 ? "Z" : ""}`,
  );
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

const shown = (time: string | null) => (time ? moment(time) : "");

interface FieldProps {
  name: string;
  label: string;
  hint: string;
  value: string;
}

function Field({ name, label, hint, value }: FieldProps) {
  const [typed, setTyped] = useTyped(value, (text) =>
    change((all) => (text ? all.set(name, text) : all.delete(name)), true),
  );
  return (
    <label class="field">
      {label}{" "}
      <input
        type="text"
        size={24}
        placeholder={hint}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
    </label>
  );
}

/** Hunts that list related activity: their rows are not findings. */
const LISTING = "correlation";

/** `Initial access` */
function titleOf(tactic: string): string {
  const words = visible(tactic.replaceAll("-", " "));
  return words.charAt(0).toUpperCase() + words.slice(1) + (tactic === LISTING ? ": lists to review, not findings" : "");
}

interface TacticProps {
  tactic: string;
  hunts: readonly Hunt[];
  found: ReadonlyMap<string, HuntHits>;
  empty: boolean;
  asked: Asked;
}

function Tactic({ tactic, hunts, found, empty, asked }: TacticProps) {
  const hitsOf = (hunt: Hunt) => found.get(hunt.id)?.hits ?? 0;
  const some = hunts.filter((hunt) => empty || hitsOf(hunt) > 0).sort((a, b) => hitsOf(b) - hitsOf(a));
  if (some.length === 0) return null;
  const all = some.reduce((sum, hunt) => sum + hitsOf(hunt), 0);
  const listing = tactic === LISTING;
  return (
    <section class="tactic" aria-label={visible(tactic)}>
      <h2>
        {titleOf(tactic)} <span class="muted">{counted(all, listing ? "row" : "hit")}</span>
      </h2>
      {some.map((hunt) => (
        <HuntRow key={hunt.id} hunt={hunt} hits={found.get(hunt.id)} asked={asked} listing={listing} />
      ))}
    </section>
  );
}

/** The hunts that are open, also after another view was shown. */
const opened = new Set<string>();

interface HuntRowProps {
  hunt: Hunt;
  hits: HuntHits | undefined;
  asked: Asked;
  listing: boolean;
}

function HuntRow({ hunt, hits, asked, listing }: HuntRowProps) {
  const [open, setOpen] = useState(opened.has(hunt.id));
  const toggle = () => {
    if (open) opened.delete(hunt.id);
    else opened.add(hunt.id);
    setOpen(!open);
  };
  const number = hits?.hits ?? 0;
  return (
    <div class="hunt-row">
      <button type="button" class="hunt-head" aria-expanded={open} onClick={toggle}>
        <span class={`num hunt-hits ${number > 0 && !listing ? "loud" : "none"}`}>{count(number)}</span>
        <span class="hunt-title">{visible(hunt.title)}</span>
        <span class="mono muted hunt-techniques">{hunt.techniques.map(visible).join(" ")}</span>
      </button>
      {open && <Found hunt={hunt} hits={hits} asked={asked} />}
    </div>
  );
}

const text = (value: Json | undefined) => (typeof value === "string" ? value : null);

function Found({ hunt, hits, asked }: { hunt: Hunt; hits: HuntHits | undefined; asked: Asked }) {
  const params = new URLSearchParams({ hunt: hunt.id });
  const own = new Set(hunt.params.map((param) => param.name));
  const given = { since: asked.from, until: asked.to, principal: asked.principal };
  for (const [name, value] of Object.entries(given)) if (value && own.has(name)) params.set(`set.${name}`, value);
  const rows = hits?.rows ?? [];
  return (
    <div class="hunt-found">
      <p>
        <strong>A hit:</strong> {visible(hunt.hit)} <strong>False positives:</strong> {visible(hunt.false_positives)}
      </p>
      <ul>
        {rows.map((row, index) => (
          <li key={index}>
            <HitLine row={row} />
          </li>
        ))}
      </ul>
      <a href={`/sql?${params}`} onClick={follow}>
        {(hits?.hits ?? 0) > rows.length ? `Show all ${count(hits?.hits)} hits as SQL` : "Show as SQL"}
      </a>
    </div>
  );
}

/** The most informative part of a hit, with a link to its evidence. */
function HitLine({ row }: { row: Record<string, Json> }) {
  const time = text(row.time) ?? text(row.first_time) ?? text(row.event_time);
  const what = text(row.what) ?? text(row.summary) ?? wordsOf(row);
  const session = text(row.session_id);
  const id = text(row.signal_id) ?? text(row.event_id);
  const moved =
    text(row.from_network) && text(row.network)
      ? `${text(row.from_ip) ?? text(row.from_network)} → ${text(row.source_ip) ?? text(row.network)}: `
      : "";
  const said = visible(shortened(moved + what, 220));
  const href = id ? evidenceHref(session, id) : session ? `/timeline?${new URLSearchParams({ session })}` : null;
  return (
    <>
      {time && <span class="num">{moment(time)}</span>}{" "}
      {text(row.principal) && <strong>{visible(shortened(text(row.principal) ?? "", 60))}</strong>}{" "}
      {href ? (
        <a href={href} onClick={follow}>
          {said}
        </a>
      ) : (
        said
      )}
    </>
  );
}

const QUIET = new Set([
  "time",
  "first_time",
  "event_time",
  "principal",
  "session_id",
  "signal_id",
  "event_id",
  "account_id",
]);

const wordsOf = (row: Record<string, Json>) =>
  Object.entries(row)
    .filter(([name, value]) => !QUIET.has(name) && value !== null && value !== "")
    .slice(0, 6)
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");
