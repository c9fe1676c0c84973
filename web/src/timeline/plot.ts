// The density strip, drawn by uPlot: clicks and changes as bars, all events as a faint area behind them.

import uPlot from "uplot";
import type { Density } from "../api/types";
import { rfc3339, seconds } from "../lib/format";
import type { Stretch } from "./zoom";

/** A color from the style sheet, in the form that a canvas accepts. For `light-dark()`, the color that is shown. */
function color(name: string): string {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const shown = getComputedStyle(probe).color;
  probe.remove();
  return shown;
}

function dataOf({ bins }: Density): uPlot.AlignedData {
  return [
    bins.map((bin) => seconds(bin.time)),
    bins.map((bin) => bin.events),
    bins.map((bin) => bin.clicks),
    bins.map((bin) => bin.changes),
  ];
}

function series(label: string, scale: string, name: string, bars: boolean): uPlot.Series {
  const fill = color(name);
  const paths = bars ? uPlot.paths.bars?.({ size: [0.85, 12, 1], align: 1 }) : uPlot.paths.stepped?.({ align: 1 });
  return {
    label,
    scale,
    fill,
    stroke: fill,
    width: bars ? 0 : 1,
    points: { show: false },
    ...(paths ? { paths } : {}),
  };
}

export const HEIGHT = 56;

const MINUTE = 60;
const DAY = 86_400;

const HOUR = 3600;
/** Steps of the time axis, in seconds. CloudTrail's times have no fractions. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR),
  ...[1, 2, 3, 4, 5, 7, 10, 15, 30, 60, 90, 180, 365].map((days) => days * DAY),
];

/** A time on the axis, as precise as its steps. The start of a day is shown as the date. */
function tick(unix: number, step: number): string {
  const text = rfc3339(unix);
  if (step >= DAY || unix % DAY === 0) return text.slice(5, 10);
  return text.slice(11, step >= MINUTE ? 16 : 19);
}

const fromZero = (_: uPlot, _min: number, max: number): [number, number] => [0, Math.max(1, max)];

/** Draws the strip into `home`. `tell` is called with a time range that was dragged over. */
export function draw(home: HTMLElement, density: Density, whole: Stretch, width: number, tell: (s: Stretch) => void) {
  const axis = {
    stroke: color("--muted"),
    font: `11px ${getComputedStyle(home).fontFamily}`,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    width,
    height: HEIGHT,
    padding: [4, 26, 0, 0],
    // The axis shows UTC, as everything does.
    tzDate: (unix) => uPlot.tzDate(new Date(unix * 1000), "Etc/UTC"),
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: () => [whole.from, whole.to] },
      events: { range: fromZero },
      clicks: { range: fromZero },
    },
    axes: [
      {
        ...axis,
        size: 18,
        gap: 2,
        incrs: STEPS,
        values: (_, splits, _axis, _space, step) => splits.map((split) => tick(split, step)),
      },
      {
        ...axis,
        scale: "clicks",
        size: 34,
        gap: 2,
        space: 24,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000],
      },
    ],
    series: [
      {},
      series("events", "events", "--plot-events", false),
      series("clicks", "clicks", "--plot-clicks", true),
      series("changes", "clicks", "--plot-changes", true),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 3) return;
          tell({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + wide, "x") });
        },
      ],
    },
  };
  return new uPlot(options, dataOf(density), home);
}
