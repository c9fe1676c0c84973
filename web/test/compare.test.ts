import { expect, test } from "vitest";
import type { TimelineRow } from "../src/api/types";
import { elapsed, overlap, partsOf, type Sides } from "../src/lib/compare";

const row = (id: string, time: string, title = "IAM › Users"): TimelineRow => ({
  id,
  time,
  last_time: time,
  entry: "signal",
  class: "click",
  session_id: "s",
  account_id: null,
  principal: null,
  region: null,
  kind: "view",
  service: "iam",
  title,
  summary: id,
  confidence: 1,
  origin: "exact",
  events: 1,
  url: null,
  error_code: null,
});

const at = (clock: string) => `2026-03-11T${clock}Z`;
const shape = (sides: Sides, align: "start" | "time" | "page") =>
  partsOf(sides, align).flatMap(({ title, bands }) =>
    bands.map((band) => [
      title,
      band.label,
      ...band.sides.map((rows) => rows.map(({ id }) => id).join("")),
      band.pause,
    ]),
  );

test("two sessions start together, whenever they took place", () => {
  const sides: Sides = [
    [row("a", at("09:00:00")), row("b", at("09:00:03"))],
    [row("x", at("21:00:00")), row("y", at("21:00:50"))],
  ];
  expect(overlap(sides)).toBe(false);
  expect(shape(sides, "start")).toEqual([
    [null, "+0:00:00", "a", "x", undefined],
    [null, "+0:00:03", "b", "", undefined],
    [null, "+0:00:50", "", "y", 46],
  ]);
  expect(elapsed(3723)).toBe("+1:02:03");
});

test("by time of day, spans are as short as possible while there are few of them", () => {
  const many = Array.from({ length: 300 }, (_, n) =>
    row(`${n}`, new Date(Date.UTC(2026, 2, 11, 9, 0, n)).toISOString()),
  );
  const sides: Sides = [many, [row("x", at("09:01:07"))]];
  expect(overlap(sides)).toBe(true);
  const bands = partsOf(sides, "time").flatMap((part) => part.bands);
  expect(bands.length).toBe(60);
  expect(bands[0]?.label).toBe("2026-03-11 09:00:00");
  expect(bands.find((band) => band.sides[1].length > 0)?.label).toBe("2026-03-11 09:01:05");
  expect(bands.reduce((sum, band) => sum + band.sides[0].length, 0)).toBe(300);
});

test("by page, what both did comes first", () => {
  const sides: Sides = [
    [
      row("a", at("09:00:00"), "IAM › Users"),
      row("b", at("09:01:00"), "S3 › Buckets"),
      row("c", at("09:02:00"), "IAM › Users"),
    ],
    [row("x", at("10:00:00"), "<script>"), row("y", at("10:00:00"), "IAM › Users")],
  ];
  expect(shape(sides, "page")).toEqual([
    ["In both (1)", "IAM › Users", "ac", "y", undefined],
    ["Only in the first (1)", "S3 › Buckets", "b", "", undefined],
    ["Only in the second (1)", "<script>", "", "x", undefined],
  ]);
  expect(partsOf([[], []], "page")).toEqual([]);
  expect(partsOf([[], []], "start")).toEqual([{ title: null, bands: [] }]);
});
