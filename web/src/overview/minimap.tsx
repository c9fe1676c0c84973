// The case's whole time range in one strip. Drag over a part of it, or use the keys, to show that part in the chart.

import { useRef, useState } from "preact/hooks";
import type { Picture } from "../api/types";
import { moment, rfc3339 } from "../lib/format";
import { useWidth } from "../lib/hooks";
import { isWhole, moved, type Stretch, zoomed } from "../timeline/zoom";

interface MinimapProps {
  data: Picture;
  onZoom: (from: string | null, to: string | null) => void;
}

const BINS = 240;
const HEIGHT = 34;

export function Minimap({ data, onZoom }: MinimapProps) {
  const [box, width] = useWidth();
  if (data.first === null || data.last === null) return null;
  const whole: Stretch = { from: data.first, to: data.last + 1 };
  const stretch: Stretch = { from: data.since ?? whole.from, to: (data.until ?? data.last) + 1 };
  const zoom = (to: Stretch | undefined) => {
    if (!to || isWhole(to, whole)) onZoom(null, null);
    else
      onZoom(
        to.from > whole.from ? rfc3339(Math.floor(to.from)) : null,
        to.to < whole.to ? rfc3339(Math.ceil(to.to)) : null,
      );
  };
  const steps: Record<string, () => Stretch | undefined> = {
    ArrowLeft: () => moved(stretch, whole, -0.25),
    ArrowRight: () => moved(stretch, whole, 0.25),
    "+": () => zoomed(stretch, whole, 0.5),
    "=": () => zoomed(stretch, whole, 0.5),
    "-": () => zoomed(stretch, whole, 2),
    "0": () => undefined,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    zoom(step());
  };
  const all = isWhole(stretch, whole);
  const button = (name: string, text: string, key: string, disabled: boolean) => (
    <button
      type="button"
      class="small"
      aria-label={name}
      title={name}
      disabled={disabled}
      onClick={() => zoom(steps[key]?.())}
    >
      {text}
    </button>
  );
  return (
    <div class="minimap">
      <div
        ref={box}
        class="minimap-plot"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it zooms by keys
        tabIndex={0}
        aria-label={`The whole case, ${moment(rfc3339(whole.from))} to ${moment(rfc3339(data.last))} UTC. Use the arrow keys to move, plus and minus to zoom, and 0 to show everything.`}
        onKeyDown={onKeyDown}
      >
        {width > 0 && <Plot data={data} width={width} whole={whole} stretch={stretch} zoom={zoom} />}
      </div>
      <div class="minimap-bar">
        <span>
          <i class="key key-changes" /> with changes, secrets or sign-ins
        </span>
        <span class="num">{`${moment(rfc3339(stretch.from))} → ${moment(rfc3339(stretch.to - 1))}`}</span>
        <span class="buttons">
          {button("Earlier", "◀", "ArrowLeft", all)}
          {button("Later", "▶", "ArrowRight", all)}
          {button("Zoom in", "+", "+", false)}
          {button("Zoom out", "−", "-", all)}
          {button("Show all times", "All", "0", all)}
        </span>
      </div>
    </div>
  );
}

interface PlotProps {
  data: Picture;
  width: number;
  whole: Stretch;
  stretch: Stretch;
  zoom: (to: Stretch) => void;
}

function Plot({ data, width, whole, stretch, zoom }: PlotProps) {
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const svg = useRef<SVGSVGElement>(null);
  const length = whole.to - whole.from;
  const x = (second: number) => ((second - whole.from) / length) * width;
  const second = (px: number) => whole.from + (px / width) * length;
  const most = Math.max(1, ...data.all.map((bin) => bin.events));
  const place = (event: PointerEvent) => event.clientX - (svg.current?.getBoundingClientRect().left ?? 0);
  const end = () => {
    if (drag && Math.abs(drag[1] - drag[0]) > 3)
      zoom({ from: second(Math.min(...drag)), to: second(Math.max(...drag)) });
    setDrag(null);
  };
  const [from, to] = drag ? [Math.min(...drag), Math.max(...drag)] : [x(stretch.from), x(stretch.to)];
  return (
    <svg
      ref={svg}
      width={width}
      height={HEIGHT}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag([place(event), place(event)]);
      }}
      onPointerMove={(event) => drag && setDrag([drag[0], place(event)])}
      onPointerUp={end}
    >
      {data.all.map((bin) => {
        const height = (HEIGHT * Math.log1p(bin.events)) / Math.log1p(most);
        return (
          <rect
            key={bin.bin}
            class={bin.marks > 0 ? "minimap-marked" : "flood"}
            x={(bin.bin / BINS) * width}
            width={Math.max(1, width / BINS - 0.5)}
            y={HEIGHT - height}
            height={height}
          />
        );
      })}
      <rect class="minimap-window" x={from} width={Math.max(3, to - from)} y={0.5} height={HEIGHT - 1} />
    </svg>
  );
}
