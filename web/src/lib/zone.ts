// A second time zone in addition to UTC. Everything is still ordered and filtered by UTC.

import { useChanged } from "./hooks";
import { listeners } from "./listeners";

const changes = listeners();
let zone = localStorage.getItem("zone") ?? "";
let form = formOf(zone);

function formOf(name: string): Intl.DateTimeFormat | undefined {
  if (!name) return undefined;
  try {
    return new Intl.DateTimeFormat("sv-SE", {
      timeZone: name,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  } catch {
    return undefined;
  }
}

/** The zones that the browser knows, its own first. */
export function zones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([own, ...Intl.supportedValuesOf("timeZone")])].filter((name) => name && name !== "UTC");
}

/** The second zone, and how to choose another. The component is rendered again when it changes. */
export function useZone(): [string, (name: string) => void] {
  useChanged(changes.add, changes);
  const choose = (name: string) => {
    zone = name;
    form = formOf(name);
    if (name) localStorage.setItem("zone", name);
    else localStorage.removeItem("zone");
    changes.tell();
  };
  return [form ? zone : "", choose];
}

/**
 * The time in the second zone, such as `2026-03-11 20:41:32`, or null if no zone is selected. A component that calls this
 * must also call `useZone`, so that it is rendered again when the zone changes.
 */
export const there = (time: string): string | null => form?.format(new Date(time)) ?? null;

/** `Berlin` */
export const zoneName = (): string => zone.split("/").at(-1)?.replaceAll("_", " ") ?? "";
