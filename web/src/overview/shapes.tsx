// The appearance of each kind of row: a color and a shape, either of which is enough to recognize it.

import { kindName } from "../lib/text";

/** The most severe first. */
export const KINDS: readonly { kind: string; title: string }[] = [
  "secret",
  "data",
  "delete",
  "create",
  "change",
  "command",
  "login",
  "session",
  "list",
  "view",
].map((kind) => ({ kind, title: kindName(kind) }));

interface ShapeProps {
  kind: string;
  x: number;
  y: number;
  size: number;
  failed: boolean;
}

const points = (corners: readonly (readonly [number, number])[], x: number, y: number, size: number) =>
  corners.map(([dx, dy]) => `${(x + dx * size).toFixed(1)},${(y + dy * size).toFixed(1)}`).join(" ");

const STAR = Array.from({ length: 10 }, (_, index): [number, number] => {
  const angle = (Math.PI / 5) * index - Math.PI / 2;
  const radius = index % 2 === 0 ? 1.1 : 0.5;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});
const CROSS: [number, number][] = [
  [-1, -0.55],
  [-0.55, -1],
  [0, -0.45],
  [0.55, -1],
  [1, -0.55],
  [0.45, 0],
  [1, 0.55],
  [0.55, 1],
  [0, 0.45],
  [-0.55, 1],
  [-1, 0.55],
  [-0.45, 0],
];
const PLUS: [number, number][] = [
  [-0.35, -1],
  [0.35, -1],
  [0.35, -0.35],
  [1, -0.35],
  [1, 0.35],
  [0.35, 0.35],
  [0.35, 1],
  [-0.35, 1],
  [-0.35, 0.35],
  [-1, 0.35],
  [-1, -0.35],
  [-0.35, -0.35],
];
const POLYGONS: Record<string, readonly (readonly [number, number])[]> = {
  secret: STAR,
  delete: CROSS,
  create: PLUS,
  data: [
    [-0.4, -1],
    [0.4, -1],
    [0.4, 0],
    [1, 0],
    [0, 1.1],
    [-1, 0],
    [-0.4, 0],
  ],
  change: [
    [0, -1],
    [1, 0.85],
    [-1, 0.85],
  ],
  command: [
    [-1, -0.7],
    [1, -0.7],
    [1, 0.7],
    [-1, 0.7],
  ],
  login: [
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, 0],
  ],
  session: [
    [-1, -0.85],
    [1, -0.85],
    [0, 1],
  ],
};

/** Filled, or an outline if all failed. */
export function Shape({ kind, x, y, size, failed }: ShapeProps) {
  const corners = POLYGONS[kind];
  const name = `shape shape-${corners || kind === "list" ? kind : "view"} ${failed ? "shape-failed" : ""}`;
  if (corners) return <polygon class={name} points={points(corners, x, y, size)} />;
  if (kind === "list") return <rect class={name} x={x - size * 0.8} y={y - 1.2} width={size * 1.6} height={2.4} />;
  return <circle class={name} cx={x} cy={y} r={size * 0.5} />;
}
