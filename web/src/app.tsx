// The frame: the case, the navigation, and the keys that work everywhere.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { api } from "./api/client";
import { Announcer } from "./components/announcer";
import { CaseName, Replaced } from "./components/cases";
import { Keys } from "./components/keys";
import { Problem } from "./components/problem";
import { SavedViews } from "./components/saved";
import { SignIn, useSignedOut } from "./components/sign-in";
import { count, day } from "./lib/format";
import { useAsked } from "./lib/hooks";
import { follow, go, type Place, usePlace } from "./lib/router";
import { nextTheme, singleKeys, useTheme } from "./lib/settings";
import { visible } from "./lib/text";
import { useZone, zones } from "./lib/zone";
import { Compare } from "./views/compare";
import { Coverage } from "./views/coverage";
import { Entities } from "./views/entities";
import { Hunts } from "./views/hunts";
import { Notes } from "./views/notes";
import { Overview } from "./views/overview";
import { Sessions } from "./views/sessions";
import { Sql } from "./views/sql";
import { Timeline } from "./views/timeline";

const VIEWS = [
  ["/", "Overview", Overview],
  ["/sessions", "Sessions", Sessions],
  ["/timeline", "Timeline", Timeline],
  ["/entities", "Entities", Entities],
  ["/hunts", "Hunts", Hunts],
  ["/notes", "Notes", Notes],
  ["/sql", "SQL", Sql],
  ["/coverage", "Coverage", Coverage],
] as const;

/** Views that are reached only from other views. */
const MORE = [["/compare", "Two sessions", Compare]] as const;

const viewOf = ({ path }: Place) =>
  [...VIEWS, ...MORE].find(([of]) => path === of) ?? (["", "Not found", NotFound] as const);

/** Shown for an unknown address. */
function NotFound({ place: { path } }: { place: Place }) {
  return (
    <div class="view">
      <h1 class="page-title">Page not found</h1>
      <p class="waiting">
        <span class="mono">{visible(path.slice(0, 200))}</span> is not a valid address. It may come from another
        version.{" "}
        <a href="/" onClick={follow}>
          Go to the overview
        </a>
      </p>
    </div>
  );
}

const isTyping = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog") !== null;

/** Keys that work everywhere except in text fields. */
function useKeys(showKeys: () => void) {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || !singleKeys.on) return;
      const view = VIEWS[Number(event.key) - 1];
      if (view) go(view[0]);
      else if (event.key === "?") showKeys();
      else if (event.key === "/") document.querySelector<HTMLElement>("[data-search]")?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [showKeys]);
}

export function App() {
  const place = usePlace();
  const dialog = useRef<HTMLDialogElement>(null);
  const showKeys = useRef(() => dialog.current?.showModal()).current;
  useKeys(showKeys);
  const [path, title, View] = viewOf(place);
  const main = useRef<HTMLElement>(null);
  const seen = useRef(path);
  // Before a view restores its own position, which it does in the next frame.
  useLayoutEffect(() => {
    document.title = `${title} · cartographer`;
    // In another view, the element that had the focus is gone, so the view itself gets the focus.
    if (seen.current !== path) {
      main.current?.focus({ preventScroll: true });
      // In small windows, the page scrolls.
      scrollTo(0, 0);
    }
    seen.current = path;
  }, [title, path]);
  const isOut = useSignedOut();
  if (isOut)
    return (
      <main class="signed-out">
        <h1 class="page-title">cartographer</h1>
        <SignIn />
      </main>
    );
  return (
    <>
      <header class="top">
        <a class="brand" href="/" onClick={follow}>
          cartographer
        </a>
        <nav aria-label="Views">
          {VIEWS.map(([to, name]) => (
            <a key={to} href={to} aria-current={to === path ? "page" : undefined} onClick={follow}>
              {name}
            </a>
          ))}
        </nav>
        <CaseLine />
        <SavedViews place={place} />
        <Zone />
        <ThemeSwitch />
        <button
          type="button"
          class="small"
          onClick={showKeys}
          aria-label="Terms and keyboard shortcuts"
          title="Terms and keyboard shortcuts (?)"
        >
          ?
        </button>
      </header>
      <Replaced />
      <main ref={main} tabIndex={-1} data-idle aria-label={title}>
        <View key={path} place={place} />
      </main>
      <Announcer />
      <Keys dialog={dialog} />
    </>
  );
}

/** The name of the case, and its time range. */
function CaseLine() {
  const { data, error, again } = useAsked("case", (signal) => api.case(signal));
  if (error) return <Problem error={error} again={again} />;
  if (!data) return <p class="case" />;
  const span = data.first_time && data.last_time ? spanOf(day(data.first_time), day(data.last_time)) : "no events";
  const extent = `${count(data.events)} events · ${span}`;
  return (
    <p class="case" title={`${visible(data.file)}: ${extent}`}>
      <CaseName file={data.file} /> <span class="num">{extent}</span>
    </p>
  );
}

const spanOf = (first: string, last: string) => (first === last ? first : `${first} – ${last}`);

/** The second time zone: times are also shown in it, below the times in UTC. */
function Zone() {
  const [zone, choose] = useZone();
  return (
    <select
      class="zone"
      aria-label="Second time zone"
      title="Second time zone, shown below UTC"
      value={zone}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <option value="">UTC</option>
      {zones().map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

const MARKS = { system: "◐", light: "○", dark: "●" } as const;

function ThemeSwitch() {
  const [theme, choose] = useTheme();
  const next = nextTheme(theme, matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <button
      type="button"
      class="small"
      aria-label={`Theme: ${theme}. Switch to ${next}`}
      title={`Theme: ${theme}`}
      onClick={() => choose(next)}
    >
      {MARKS[theme]}
    </button>
  );
}
