// A second time zone in addition to UTC. Everything is still ordered and filtered by UTC.

import { useEffect, useReducer } from "preact/hooks";

const listeners = new Set<() => void>();
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

export function useZone(): [string, (name: string) => void] {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const listener = () => again(undefined);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  const choose = (name: string) => {
    zone = name;
    form = formOf(name);
    if (name) localStorage.setItem("zone", name);
    else localStorage.removeItem("zone");
    for (const listener of listeners) listener();
  };
  return [form ? zone : "", choose];
}

/** `2026-03-11 20:41:32` in the second zone; null if none is chosen. */
export const there = (time: string): string | null => form?.format(new Date(time)) ?? null;

/** `Berlin` */
export const zoneName = (): string => zone.split("/").at(-1)?.replaceAll("_", " ") ?? "";
