// The values that the rows can be filtered by, each with its number of rows.

import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { Count, FacetName, Facets as FacetsAnswer, Outcome } from "../api/types";
import { emptyFilter, type Filter, filterCount, type ListKey, outcomeOf, toggled } from "../lib/filter";
import { count } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { useNotes } from "../lib/notes";
import { shortened, visible } from "../lib/text";

interface FacetsProps {
  filter: Filter;
  facets: FacetsAnswer | undefined;
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
const OUTCOMES: Record<Outcome, string> = { ok: "succeeded", failed: "failed", denied: "denied" };

export function Facets({ filter, facets, onChange }: FacetsProps) {
  const set = filterCount(filter);
  const names = useAsked("case", (signal) => api.case(signal)).data?.techniques ?? {};
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
      {filter.session.length > 0 && (
        <Values
          title="Session"
          counts={[]}
          chosen={filter.session}
          onToggle={(value) => onChange({ ...filter, session: toggled(filter.session, value) })}
        />
      )}
      {filter.actor.length > 0 && (
        <Values
          title="Actor: a session, and all sessions that used its credentials"
          counts={[]}
          chosen={filter.actor}
          onToggle={(value) => onChange({ ...filter, actor: toggled(filter.actor, value) })}
        />
      )}
      <NotedFilter filter={filter} onChange={onChange} />
      {LISTED.slice(0, 1).map(list(filter, facets, names, onChange))}
      <Values
        title="Outcome"
        counts={facets?.outcomes ?? []}
        chosen={filter.outcome ? [filter.outcome] : []}
        spell={(value) => OUTCOMES[value as Outcome] ?? value}
        onToggle={(value) => onChange({ ...filter, outcome: filter.outcome === value ? null : outcomeOf(value) })}
      />
      {LISTED.slice(1).map(list(filter, facets, names, onChange))}
      <EntityFilter filter={filter} types={facets?.entity_types ?? []} onChange={onChange} />
    </div>
  );
}

type Names = Readonly<Record<string, string>>;

const list = (filter: Filter, facets: FacetsAnswer | undefined, names: Names, onChange: (filter: Filter) => void) =>
  function Listed([key, name, title]: readonly [ListKey, FacetName, string]) {
    return (
      <Values
        key={key}
        title={title}
        counts={facets?.[name] ?? []}
        chosen={filter[key]}
        {...spelling(key, names)}
        onToggle={(value) => onChange({ ...filter, [key]: toggled(filter[key], value) })}
      />
    );
  };

/** `T1098.001 Additional Cloud Credentials`; reasons in words. */
function spelling(key: ListKey, names: Names): { spell?: (value: string) => string } {
  if (key === "technique") {
    return { spell: (id) => visible(names[id] ? `${id} ${names[id]?.split(": ").at(-1)}` : id) };
  }
  if (key === "reason") return { spell: (name) => visible(name.replaceAll("_", " ")) };
  return {};
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
  onToggle: (value: string) => void;
}

const FEW = 6;

function Values({ title, counts, chosen, spell = visible, onToggle }: ValuesProps) {
  const [all, setAll] = useState(false);
  const known = counts.filter((each): each is Count & { value: string } => each.value !== null && each.value !== "");
  const missing = chosen.filter((value) => !known.some((each) => each.value === value));
  const values = [...known, ...missing.map((value) => ({ value, count: null }))];
  if (values.length === 0) return null;
  const shown = all ? values : values.filter((each, index) => index < FEW || chosen.includes(each.value));
  return (
    <fieldset class="facet">
      <legend>{title}</legend>
      {shown.map((each) => (
        <label key={each.value} class="facet-value">
          <input type="checkbox" checked={chosen.includes(each.value)} onChange={() => onToggle(each.value)} />
          <span class="facet-name" title={shortened(visible(each.value), 500)}>
            {spell(shortened(each.value, 120))}
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
            {visible(value)}
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
