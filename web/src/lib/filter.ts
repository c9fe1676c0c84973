// Which rows of the timeline are asked for. One form, with the same names in the page's address and in the API.

import type { Outcome, Show } from "../api/types";

export const SHOWS: readonly Show[] = ["click", "command", "residual", "background", "programmatic", "aggregated"];
/** What a person did and what nobody explains; the rest is asked for. */
export const DEFAULT_SHOW: readonly Show[] = ["click", "command", "residual"];
/** Where somebody or something is chosen, what they did by API belongs to it. */
export const CHOSEN_SHOW: readonly Show[] = [...DEFAULT_SHOW, "programmatic"];

/** The filters that take several values. */
export const LISTS = [
  "session",
  "service",
  "kind",
  "technique",
  "region",
  "principal",
  "actor",
  "ip",
  "key",
  "call",
  "agent",
  "reason",
] as const;
export type ListKey = (typeof LISTS)[number];

export interface Filter extends Record<ListKey, string[]> {
  show: Show[];
  outcome: Outcome | null;
  /** Only changes, and what stands out. */
  notable: boolean;
  entityType: string | null;
  entity: string | null;
  /** Only rows with a note: `any`, `star`, `comment`, or `tag:NAME`. */
  noted: string | null;
  search: string;
  from: string | null;
  to: string | null;
}

const isShow = (value: string): value is Show => (SHOWS as readonly string[]).includes(value);
export const outcomeOf = (value: string | null): Outcome | null =>
  value === "ok" || value === "failed" || value === "denied" ? value : null;
const momentOf = (value: string | null) => (value && !Number.isNaN(Date.parse(value)) ? value : null);

/** The filter that an address asks for; what it does not understand is left out. */
export function readFilter(params: URLSearchParams): Filter {
  const named = SHOWS.filter((value) => params.getAll("show").filter(isShow).includes(value));
  const many = (key: ListKey) => [...new Set(params.getAll(key))].filter((value) => value !== "");
  const filter: Filter = {
    session: many("session"),
    service: many("service"),
    kind: many("kind"),
    technique: many("technique"),
    region: many("region"),
    principal: many("principal"),
    actor: many("actor"),
    ip: many("ip"),
    key: many("key"),
    call: many("call"),
    agent: many("agent"),
    reason: many("reason"),
    show: named,
    notable: params.get("notable") === "true",
    outcome: outcomeOf(params.get("outcome")),
    entityType: params.get("entity_type") || null,
    entity: params.get("entity") || null,
    noted: params.get("noted") || null,
    search: params.get("search") ?? "",
    from: momentOf(params.get("from")),
    to: momentOf(params.get("to")),
  };
  return named.length > 0 ? filter : { ...filter, show: [...usualShow(filter)] };
}

/** What is shown unless it is said: API events too where who or what is chosen. */
function usualShow(filter: Filter): readonly Show[] {
  const lists = (["session", "actor", "principal", "ip", "key", "call", "agent", "reason"] as const).some(
    (key) => filter[key].length > 0,
  );
  return lists || filter.search || filter.entity || filter.noted ? CHOSEN_SHOW : DEFAULT_SHOW;
}

const isUsual = (filter: Filter) => filter.show.join() === usualShow(filter).join();

/** The filter after a change of it: what is shown follows, where it was as usual. */
export const changed = (before: Filter, after: Filter): Filter =>
  isUsual(before) && before.show.join() === after.show.join() ? { ...after, show: [...usualShow(after)] } : after;

function append(params: URLSearchParams, key: string, value: string | null) {
  if (value) params.append(key, value);
}

function common(filter: Filter): URLSearchParams {
  const params = new URLSearchParams();
  for (const key of LISTS) for (const value of filter[key]) params.append(key, value);
  append(params, "entity_type", filter.entityType);
  append(params, "entity", filter.entity);
  append(params, "noted", filter.noted);
  append(params, "outcome", filter.outcome);
  append(params, "notable", filter.notable ? "true" : null);
  append(params, "search", filter.search);
  append(params, "from", filter.from);
  append(params, "to", filter.to);
  return params;
}

/** The filter in the page's address; what is as usual is left out. */
export function writeFilter(filter: Filter): URLSearchParams {
  const params = common(filter);
  if (!isUsual(filter)) for (const value of filter.show) params.append("show", value);
  return params;
}

/** The filter as the API wants it: everything said. */
export function apiFilter(filter: Filter): URLSearchParams {
  const params = common(filter);
  for (const value of filter.show) params.append("show", value);
  return params;
}

export const emptyFilter = (): Filter => readFilter(new URLSearchParams());

/** The values with one of them put in, or taken out. */
export function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}

/** The timeline of one value, everywhere. */
export const pivot = (key: string, value: string): string => `/timeline?${new URLSearchParams({ [key]: value })}`;

/** How many filters are set, the sessions aside. */
export function filterCount(filter: Filter): number {
  const lists = LISTS.filter((key) => key !== "session").reduce((sum, key) => sum + filter[key].length, 0);
  const single = [
    filter.noted,
    filter.outcome,
    filter.notable,
    filter.entityType ?? filter.entity,
    filter.search,
    filter.from ?? filter.to,
  ];
  return lists + single.filter(Boolean).length;
}
