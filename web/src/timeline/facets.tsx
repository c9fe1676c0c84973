// The values that the rows can be filtered by, each with its number of rows.

import { useState } from "preact/hooks";
import { api } from "../api/client";
import type {
  Count,
  FacetName,
  Facets as FacetsAnswer,
  Outcome,
  ReasonCount,
  ReasonWords,
  SessionRow,
} from "../api/types";
import { emptyFilter, type Filter, filterCount, type ListKey, outcomeOf, toggled } from "../lib/filter";
import { count, counted, day, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { useNotes } from "../lib/notes";
import { shortRole } from "../lib/session";
import { kindName, middle, shortened, typeName, visible } from "../lib/text";

interface FacetsProps {
  filter: Filter;
  facets: FacetsAnswer | undefined;
  /** The selected sessions, if they are known. */
  sessions?: readonly SessionRow[] | undefined;
  onChange: (filter: Filter) => void;
}

const LISTED: readonly [ListKey, FacetName, string][] = [
  ["kind", "kinds", "Kind"],
  ["reason", "reasons", "Stands out"],
  ["principal", "principals", "Principal"],
  ["ip", "addresses", "Address"],
  ["key", "keys", "Access key"],
  ["agent", "agents", "User agent"],
  ["service", "services", "Service"],
  ["call", "calls", "API"],
  ["technique", "techniques", "Technique"],
  ["region", "regions", "Region"],
];
const OUTCOMES: Record<Outcome, string> = { ok: "succeeded", failed: "failed", denied: "of these, denied" };

/** Denied rows are also counted as failed, so they are listed below them. */
const outcomesOf = (facets: FacetsAnswer | undefined): Count[] =>
  Object.keys(OUTCOMES).flatMap((name) => facets?.outcomes.find((each) => each.value === name) ?? []);

export function Facets({ filter, facets, sessions, onChange }: FacetsProps) {
  const set = filterCount(filter);
  const known = useAsked("case", (signal) => api.case(signal)).data;
  const names: Names = { techniques: known?.techniques ?? {}, reasons: known?.reasons ?? [] };
  return (
    <div class="facets">
      <div class="facets-head">
        <h2>Filters</h2>
        {set > 0 && (
          <button
            type="button"
            class="link"
            onClick={() => onChange({ ...emptyFilter(), session: filter.session, show: filter.show })}
          >
            {`Clear ${count(set)}`}
          </button>
        )}
      </div>
      <p class="muted">Numbers count rows: clicks, and calls that do not belong to a click.</p>
      {filter.session.length > 0 && (
        <Values
          title={filter.session.length === 1 ? "Session" : `Sessions (${count(filter.session.length)})`}
          counts={[]}
          chosen={filter.session}
          wraps
          {...(sessions ? { spell: (id) => sessionName(sessions, id) } : {})}
          onToggle={(value) => onChange({ ...filter, session: toggled(filter.session, value) })}
        />
      )}
      {filter.actor.length > 0 && (
        <Values
          title="Actor: a session and all sessions that used credentials it created"
          counts={[]}
          chosen={filter.actor}
          onToggle={(value) => onChange({ ...filter, actor: toggled(filter.actor, value) })}
        />
      )}
      <NotedFilter filter={filter} onChange={onChange} />
      {LISTED.slice(0, 1).map(list(filter, facets, names, onChange))}
      <Values
        title="Outcome"
        counts={outcomesOf(facets)}
        chosen={filter.outcome ? [filter.outcome] : []}
        spell={(value) => OUTCOMES[value as Outcome] ?? value}
        onToggle={(value) => onChange({ ...filter, outcome: filter.outcome === value ? null : outcomeOf(value) })}
      />
      {LISTED.slice(1).map(list(filter, facets, names, onChange))}
      <EntityFilter filter={filter} types={facets?.entity_types ?? []} onChange={onChange} />
    </div>
  );
}

/** `11:54 bert-jan, 192.168.10.20`; with the date if the sessions did not start on the same day. */
function sessionName(sessions: readonly SessionRow[], id: string): string {
  const row = sessions.find((each) => each.session_id === id);
  if (!row) return visible(shortened(id, 9));
  const dated = new Set(sessions.map((each) => day(each.first_time))).size > 1;
  const start = moment(row.first_time).slice(dated ? 5 : 11, 16);
  const [ip, ...others] = row.ips;
  const from = ip === undefined ? "" : `, ${ip}${others.length > 0 ? ` +${count(others.length)}` : ""}`;
  return visible(`${start} ${middle(shortRole(row.principal ?? "unknown"), 24)}${from}`);
}

/** The names of techniques by ID, and what events are called by reason. */
interface Names {
  techniques: Readonly<Record<string, string>>;
  reasons: readonly ReasonWords[];
}

const list = (filter: Filter, facets: FacetsAnswer | undefined, names: Names, onChange: (filter: Filter) => void) =>
  function Listed([key, name, title]: readonly [ListKey, FacetName, string]) {
    return (
      <Values
        key={key}
        title={title}
        counts={facets?.[name] ?? []}
        chosen={filter[key]}
        wraps={key === "reason"}
        {...spelling(key, names)}
        onToggle={(value) => onChange({ ...filter, [key]: toggled(filter[key], value) })}
      />
    );
  };

type Spelling = Pick<ValuesProps, "spell" | "below">;

/** `T1098.001 Additional Cloud Credentials`. For a reason, what its events are called, and below it how many there are. */
function spelling(key: ListKey, { techniques, reasons }: Names): Spelling {
  if (key === "technique") {
    return { spell: (id) => visible(techniques[id] ? `${id} ${techniques[id]?.split(": ").at(-1)}` : id) };
  }
  if (key === "kind") return { spell: (kind) => visible(kindName(kind)) };
  if (key !== "reason") return {};
  const words = (name: string) => reasons.find((each) => each.reason === name);
  return { spell: (name) => visible(words(name)?.many ?? name.replaceAll("_", " ")), below: eventsOf };
}

/** `60 events, 3 attempts`: a row may contain several events that stand out. Matches of Sigma rules are rows only. */
function eventsOf(value: Count): string {
  const { done, tried } = value as ReasonCount;
  if (done == null || tried == null) return "";
  const attempts = tried > 0 ? counted(tried, "attempt") : "";
  return [done > 0 || !attempts ? counted(done, "event") : "", attempts].filter(Boolean).join(", ");
}

const NOTED: readonly [string, string][] = [
  ["any", "with a note"],
  ["star", "starred"],
  ["comment", "with a comment"],
];

/** Filters for rows with notes. */
function NotedFilter({ filter, onChange }: Pick<FacetsProps, "filter" | "onChange">) {
  const { answer, tags } = useNotes();
  if (!filter.noted && !answer?.notes.some((note) => note.row_id)) return null;
  const choices = [...NOTED, ...tags.map((tag): [string, string] => [`tag:${tag}`, `#${tag}`])];
  return (
    <fieldset class="facet">
      <legend>Notes</legend>
      <select
        aria-label="Notes"
        value={filter.noted ?? ""}
        onChange={(event) => onChange({ ...filter, noted: event.currentTarget.value || null })}
      >
        <option value="">any row</option>
        {choices.map(([value, title]) => (
          <option key={value} value={value}>
            {visible(title)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

interface ValuesProps {
  title: string;
  counts: readonly Count[];
  chosen: readonly string[];
  spell?: (value: string) => string;
  /** Whether values may take several lines. */
  wraps?: boolean;
  /** A second line below the value. */
  below?: (value: Count) => string;
  onToggle: (value: string) => void;
}

const FEW = 6;

function Values({ title, counts, chosen, spell = visible, wraps = false, below, onToggle }: ValuesProps) {
  const [all, setAll] = useState(false);
  const known = counts.filter((each): each is Count & { value: string } => each.value !== null && each.value !== "");
  const missing = chosen.filter((value) => !known.some((each) => each.value === value));
  const values = [...known, ...missing.map((value) => ({ value, count: null }))];
  if (values.length === 0) return null;
  const shown = all ? values : values.filter((each, index) => index < FEW || chosen.includes(each.value));
  return (
    <fieldset class={`facet ${wraps ? "facet-wraps" : ""}`}>
      <legend>{title}</legend>
      {shown.map((each) => (
        <label key={each.value} class="facet-value">
          <input type="checkbox" checked={chosen.includes(each.value)} onChange={() => onToggle(each.value)} />
          <span
            class="facet-name"
            title={shortened(
              `${spell(each.value)} ${spell(each.value) === visible(each.value) ? "" : visible(each.value)}`.trim(),
              500,
            )}
          >
            {spell(shortened(each.value, 120))}
            {below && each.count !== null && <span class="facet-below">{below(each)}</span>}
          </span>
          <span class="num facet-count">{each.count === null ? "" : count(each.count)}</span>
        </label>
      ))}
      {(all || shown.length < values.length) && values.length > FEW && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer" : `${count(values.length - shown.length)} more`}
          <span class="visually-hidden">{` of ${title.toLowerCase()}`}</span>
        </button>
      )}
    </fieldset>
  );
}

interface EntityFilterProps {
  filter: Filter;
  types: readonly Count[];
  onChange: (filter: Filter) => void;
}

/** Filters for one entity: its type, and its name as recorded in the events. */
function EntityFilter({ filter, types, onChange }: EntityFilterProps) {
  const [typed, setTyped] = useState(filter.entity ?? "");
  const [before, setBefore] = useState(filter.entity);
  if (before !== filter.entity) {
    setBefore(filter.entity);
    setTyped(filter.entity ?? "");
  }
  const values = [
    ...new Set([...types.flatMap((each) => each.value ?? []), ...(filter.entityType ? [filter.entityType] : [])]),
  ];
  const choose = (entityType: string | null) => onChange({ ...filter, entityType, entity: null });
  return (
    <fieldset class="facet">
      <legend>Entity</legend>
      <select
        aria-label="Entity type"
        value={filter.entityType ?? ""}
        onChange={(event) => choose(event.currentTarget.value || null)}
      >
        <option value="">any</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {visible(typeName(value))}
          </option>
        ))}
      </select>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ ...filter, entity: typed || null });
        }}
      >
        <input
          type="text"
          aria-label="Name or ID of the entity; press Enter to filter"
          placeholder="name or ID, then Enter"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </form>
    </fieldset>
  );
}
