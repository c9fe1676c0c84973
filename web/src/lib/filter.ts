// Which rows of the timeline are asked for. One form, with the same names in the page's address and in the API.

import type { Outcome, Show } from "../api/types";

export const SHOWS: readonly Show[] = ["click", "command", "residual", "background", "programmatic"];
/** What a person did and what nobody explains; the rest is asked for. */
export const DEFAULT_SHOW: readonly Show[] = ["click", "command", "residual"];

/** The filters that take several values. */
export const LISTS = ["session", "service", "kind", "technique", "region", "principal"] as const;
export type ListKey = (typeof LISTS)[number];

export interface Filter extends Record<ListKey, string[]> {
  show: Show[];
  outcome: Outcome | null;
  entityType: string | null;
  entity: string | null;
  search: string;
  from: string | null;
  to: string | null;
}

const isShow = (value: string): value is Show => (SHOWS as readonly string[]).includes(value);
const outcomeOf = (value: string | null): Outcome | null => (value === "ok" || value === "failed" ? value : null);
const momentOf = (value: string | null) => (value && !Number.isNaN(Date.parse(value)) ? value : null);

/** The filter that an address asks for; what it does not understand is left out. */
export function readFilter(params: URLSearchParams): Filter {
  const show = SHOWS.filter((value) => params.getAll("show").filter(isShow).includes(value));
  const many = (key: ListKey) => [...new Set(params.getAll(key))].filter((value) => value !== "");
  return {
    session: many("session"),
    service: many("service"),
    kind: many("kind"),
    technique: many("technique"),
    region: many("region"),
    principal: many("principal"),
    show: show.length > 0 ? show : [...DEFAULT_SHOW],
    outcome: outcomeOf(params.get("outcome")),
    entityType: params.get("entity_type") || null,
    entity: params.get("entity") || null,
    search: params.get("search") ?? "",
    from: momentOf(params.get("from")),
    to: momentOf(params.get("to")),
  };
}

const sameShow = (show: readonly Show[]) => show.join() === DEFAULT_SHOW.join();

function append(params: URLSearchParams, key: string, value: string | null) {
  if (value) params.append(key, value);
}

function common(filter: Filter): URLSearchParams {
  const params = new URLSearchParams();
  for (const key of LISTS) for (const value of filter[key]) params.append(key, value);
  append(params, "entity_type", filter.entityType);
  append(params, "entity", filter.entity);
  append(params, "outcome", filter.outcome);
  append(params, "search", filter.search);
  append(params, "from", filter.from);
  append(params, "to", filter.to);
  return params;
}

/** The filter in the page's address; what is as usual is left out. */
export function writeFilter(filter: Filter): URLSearchParams {
  const params = common(filter);
  if (!sameShow(filter.show)) for (const value of filter.show) params.append("show", value);
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

/** How many filters are set, the sessions aside. */
export function filterCount(filter: Filter): number {
  const lists = LISTS.filter((key) => key !== "session").reduce((sum, key) => sum + filter[key].length, 0);
  const single = [filter.outcome, filter.entityType, filter.search, filter.from ?? filter.to];
  return lists + single.filter(Boolean).length;
}
