// Which timeline rows are requested. The names are the same in the page's address and in the API.

import type { Outcome, Show } from "../api/types";

export const SHOWS: readonly Show[] = [
  "click",
  "command",
  "residual",
  "background",
  "found",
  "programmatic",
  "aggregated",
];
/** What a person did, what is unexplained, and what programs did that stands out. Other rows are shown on request. */
export const DEFAULT_SHOW: readonly Show[] = ["click", "command", "residual", "found"];
/** If somebody or something is selected, all API activity is also shown. */
export const CHOSEN_SHOW: readonly Show[] = ["click", "command", "residual", "programmatic"];

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

/** The filter in an address. Values that are not understood are left out. */
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

/** What is shown by default. If somebody or something is selected, this includes API events. */
function usualShow(filter: Filter): readonly Show[] {
  const lists = (["session", "actor", "principal", "ip", "key", "call", "agent", "reason"] as const).some(
    (key) => filter[key].length > 0,
  );
  return lists || filter.search || filter.entity || filter.noted ? CHOSEN_SHOW : DEFAULT_SHOW;
}

const isUsual = (filter: Filter) => filter.show.join() === usualShow(filter).join();

/** The filter after a change. What is shown follows the change if it was the default. */
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

/** The filter for the page's address. Defaults are left out. */
export function writeFilter(filter: Filter): URLSearchParams {
  const params = common(filter);
  if (!isUsual(filter)) for (const value of filter.show) params.append("show", value);
  return params;
}

/** The filter for the API, with everything stated explicitly. */
export function apiFilter(filter: Filter): URLSearchParams {
  const params = common(filter);
  for (const value of filter.show) params.append("show", value);
  return params;
}

export const emptyFilter = (): Filter => readFilter(new URLSearchParams());

/** The values with one value added, or removed if it is already there. */
export function toggled<T>(values: readonly T[], value: T): T[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}

/** The address of the timeline for one value, in all sessions. */
export const pivot = (key: string, value: string): string => `/timeline?${new URLSearchParams({ [key]: value })}`;

/** The number of filters that are set, not counting sessions. */
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
