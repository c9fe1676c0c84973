import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { type FetchPage, PageCache } from "./pages";

export interface Asked<Answer> {
  data: Answer | undefined;
  error: unknown;
  loading: boolean;
  again: () => void;
}

/**
 * Sends a request whenever `key` changes, but not while it is null. Late answers are dropped. The last answer stays until
 * the next one arrives.
 */
export function useAsked<Answer>(key: string | null, ask: (signal: AbortSignal) => Promise<Answer>): Asked<Answer> {
  const [state, set] = useState<Omit<Asked<Answer>, "again">>({ data: undefined, error: undefined, loading: true });
  const [round, again] = useReducer((n: number) => n + 1, 0);
  const latest = useRef(ask);
  latest.current = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key represents what is asked
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    set((last) => ({ ...last, loading: true }));
    latest.current(abort.signal).then(
      (data) => abort.signal.aborted || set({ data, error: undefined, loading: false }),
      (error: unknown) => abort.signal.aborted || set({ data: undefined, error, loading: false }),
    );
    return () => abort.abort();
  }, [key, round]);
  return { ...state, again: () => again(undefined) };
}

/** Rows in pages, reloaded whenever `key` changes. */
export function usePages<Row>(key: string, fetch: FetchPage<Row>): PageCache<Row> {
  const latest = useRef(fetch);
  latest.current = fetch;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key represents what is fetched
  const cache = useMemo(() => new PageCache<Row>(latest.current), [key]);
  useEffect(() => () => cache.close(), [cache]);
  return cache;
}

/**
 * Renders again whenever `source` tells its listeners. It subscribes before the browser can dispatch another event, so
 * that no change is missed.
 */
export function useChanged(subscribe: (listener: () => void) => () => void, source: unknown) {
  const [, again] = useReducer((n: number) => n + 1, 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the source represents its subscription
  useLayoutEffect(() => subscribe(() => again(undefined)), [source]);
}

/** A text field's value, which is passed on after a pause in typing. */
export function useTyped(value: string, tell: (value: string) => void, pause = 250) {
  const [typed, set] = useState(value);
  const told = useRef(value);
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    set(value);
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      latest.current(typed);
    }, pause);
    return () => clearTimeout(timer);
  }, [typed, pause]);
  return [typed, set] as const;
}

/** An element's width in CSS pixels, kept up to date. */
export function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, set] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => set(element.clientWidth));
    observer.observe(element);
    set(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return [ref, width] as const;
}

/** Whether a media query matches, kept up to date. */
export function useMedia(query: string): boolean {
  const [matches, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const listener = () => set(list.matches);
    listener();
    list.addEventListener("change", listener);
    return () => list.removeEventListener("change", listener);
  }, [query]);
  return matches;
}
