// Clicks and events over time. Drag over a part of the time range to zoom in, or use the keys.

import { useEffect, useRef } from "preact/hooks";
import { api } from "../api/client";
import type { Density } from "../api/types";
import { Problem } from "../components/problem";
import type { Filter } from "../lib/filter";
import { writeFilter } from "../lib/filter";
import { count, counted, moment, rfc3339, seconds } from "../lib/format";
import { useAsked, useWidth } from "../lib/hooks";
import { useThemeRound } from "../lib/settings";
import { draw, HEIGHT } from "./plot";
import { isWhole, moved, type Stretch, zoomed } from "./zoom";

interface StripProps {
  filter: Filter;
  /** Whether the rows are loaded; they come first. */
  ready: boolean;
  onZoom: (from: string | null, to: string | null) => void;
}

const BINS = 240;

const ends = (density: Density | undefined): Stretch | undefined => {
  if (!density?.from || !density.to) return undefined;
  const [from, to] = [seconds(density.from), seconds(density.to)];
  return { from, to: Math.max(to, from + 1) };
};

/** The visible part of the time range, the whole range, and ways to change what is visible. */
function useStretch({ filter, ready, onZoom }: StripProps) {
  const zoomedIn = filter.from !== null || filter.to !== null;
  const everything = { ...filter, from: null, to: null };
  const all = useAsked(ready && zoomedIn ? `all ${writeFilter(everything)}` : null, (signal) =>
    api.density(everything, 1, signal),
  );
  const shown = useAsked(ready ? `bins ${writeFilter(filter)}` : null, (signal) => api.density(filter, BINS, signal));
  const seen = ends(shown.data);
  const whole = zoomedIn ? ends(all.data) : seen;
  const asked = {
    from: filter.from ? seconds(filter.from) : (whole?.from ?? 0),
    to: filter.to ? seconds(filter.to) : (whole?.to ?? 1),
  };
  const zoom = (to: Stretch | undefined) => {
    if (!to || !whole || isWhole(to, whole)) onZoom(null, null);
    // An end that is the end of the whole range is left open, so that the row at that time is included.
    else onZoom(to.from > whole.from ? rfc3339(to.from) : null, to.to < whole.to ? rfc3339(to.to) : null);
  };
  const stretch = zoomedIn ? asked : seen;
  const steps: Steps = { "0": () => undefined, ...(whole && stretch ? stepsOf(stretch, whole) : {}) };
  return { density: shown.data, failed: shown.error ?? all.error, again: shown.again, stretch, steps, zoom, zoomedIn };
}

export function Strip(props: StripProps) {
  const { density, failed, again, stretch, steps, zoom, zoomedIn } = useStretch(props);
  const [box, width] = useWidth();
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    zoom(step());
  };
  const button = (name: string, text: string, key: string, disabled = !zoomedIn) => (
    <Step name={name} text={text} run={() => zoom(steps[key]?.())} disabled={disabled} />
  );
  if (failed) return <Problem error={failed} again={again} />;
  return (
    <section class="strip" aria-label="Clicks over time">
      <div
        class="strip-plot"
        ref={box}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the strip zooms by keys
        tabIndex={0}
        data-strip
        aria-label={`${told(density)} Use the arrow keys to move, plus and minus to zoom, and 0 to show everything.`}
        onKeyDown={onKeyDown}
      >
        <Plot density={density} stretch={stretch} width={width} zoom={zoom} />
      </div>
      <div class="strip-bar">
        <Legend />
        <span class="strip-range num">
          {stretch ? `${upToSeconds(stretch.from)} → ${upToSeconds(stretch.to)}` : ""}
        </span>
        <span class="buttons">
          {button("Earlier", "◀", "ArrowLeft")}
          {button("Later", "▶", "ArrowRight")}
          {button("Zoom in", "+", "+", !stretch)}
          {button("Zoom out", "−", "-")}
          {button("Show all times", "All", "0")}
        </span>
      </div>
    </section>
  );
}

const upToSeconds = (unix: number) => moment(rfc3339(unix)).slice(0, 19);

const Legend = () => (
  <span class="legend">
    <i class="key key-clicks" /> rows shown <i class="key key-changes" /> changes <i class="key key-events" /> all
    events, separate scale
  </span>
);

/** What each key makes visible; undefined means the whole time range. */
type Steps = Record<string, () => Stretch | undefined>;

const stepsOf = (stretch: Stretch, whole: Stretch): Steps => ({
  ArrowLeft: () => moved(stretch, whole, -0.25),
  ArrowRight: () => moved(stretch, whole, 0.25),
  "+": () => zoomed(stretch, whole, 0.5),
  "=": () => zoomed(stretch, whole, 0.5),
  "-": () => zoomed(stretch, whole, 2),
});

function told(density: Density | undefined): string {
  if (!density?.from) return "No data.";
  const sum = (of: "clicks" | "changes" | "events") => density.bins.reduce((total, bin) => total + bin[of], 0);
  const busiest = density.bins.reduce((best, bin) => (bin.clicks > best.clicks ? bin : best));
  return (
    `${counted(sum("clicks"), "row")}, ${count(sum("changes"))} of them changes, from ${counted(sum("events"), "event")}, ` +
    `${moment(density.from)} to ${moment(density.to)}; the busiest time is ${moment(busiest.time)}.`
  );
}

interface PlotProps {
  density: Density | undefined;
  stretch: Stretch | undefined;
  width: number;
  zoom: (to: Stretch) => void;
}

function Plot({ density, stretch, width, zoom }: PlotProps) {
  const home = useRef<HTMLDivElement>(null);
  const latest = useRef(zoom);
  latest.current = zoom;
  const round = useThemeRound();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ends are numbers; the round stands for the colors
  useEffect(() => {
    if (!home.current || !density || !stretch || width === 0) return;
    const plot = draw(home.current, density, stretch, width, (to) => latest.current(to));
    return () => plot.destroy();
  }, [density, stretch?.from, stretch?.to, width, round]);
  return <div ref={home} aria-hidden="true" style={{ minHeight: `${HEIGHT}px` }} />;
}

function Step({ name, text, run, disabled }: { name: string; text: string; run: () => void; disabled: boolean }) {
  return (
    <button type="button" class="small" aria-label={name} title={name} onClick={run} disabled={disabled}>
      {text}
    </button>
  );
}
