// The page's state is its address: a link reproduces the view.

import { useLayoutEffect, useState } from "preact/hooks";

export interface Place {
  path: string;
  params: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, params: new URLSearchParams(location.search) });

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

let back = false;
addEventListener("popstate", () => {
  back = true;
  tell();
});

/** Whether the browser's Back or Forward led to the current address. */
export const isReturn = (): boolean => back;

export function address(path: string, params: URLSearchParams): string {
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

/** Goes to another view, or changes this one's state; `replace` leaves no step in the history. */
export function go(path: string, params = new URLSearchParams(), replace = false) {
  const target = address(path, params);
  if (target === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", target);
  else history.pushState(null, "", target);
  back = false;
  tell();
}

/** Changes some parameters of the current address. */
export function change(edit: (params: URLSearchParams) => void, replace = false) {
  const { path, params } = here();
  edit(params);
  go(path, params, replace);
}

export function usePlace(): Place {
  const [place, set] = useState(here);
  useLayoutEffect(() => {
    const listener = () => set(here());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

/** Handles a click on a link within the page. With a modifier key, the browser opens a tab as usual. */
export function follow(event: MouseEvent) {
  const link = event.currentTarget;
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const href = link instanceof Element ? link.getAttribute("href") : null;
  if (!plain || href === null) return;
  event.preventDefault();
  const { pathname, searchParams } = new URL(href, location.href);
  go(pathname, searchParams);
}
