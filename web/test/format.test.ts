import { expect, test } from "vitest";
import { bytes, confidence, count, counted, duration, moment, rfc3339, seconds } from "../src/lib/format";

test("times are in UTC to the second, and more precise only if the value is", () => {
  expect(moment("2026-03-11T19:41:32.000000Z")).toBe("2026-03-11 19:41:32");
  expect(moment("2026-03-11T19:41:32.120000Z")).toBe("2026-03-11 19:41:32.12");
  expect(moment("2026-03-11T19:41:32Z")).toBe("2026-03-11 19:41:32");
  expect(moment(null)).toBe("–");
  expect(rfc3339(seconds("2026-03-11T19:41:32.5Z"))).toBe("2026-03-11T19:41:32.500Z");
});

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [993, "16 min 33 s"],
  [3600, "1 h"],
  [85_497, "23 h 44 min"],
  [172_861, "2 d"],
])("%d seconds are %s", (length, text) => {
  expect(duration(length)).toBe(text);
});

test("a confidence is never rounded up to 1", () => {
  expect([confidence(1), confidence(0.999), confidence(0.8), confidence(null)]).toEqual(["1.00", "0.99", "0.80", "–"]);
});

test("numbers", () => {
  expect([count(1_234_567), counted(1, "row"), counted(2, "row"), counted(2, "entity", "entities")]).toEqual([
    "1,234,567",
    "1 row",
    "2 rows",
    "2 entities",
  ]);
});

test("sizes are shown in the unit that fits", () => {
  expect(bytes(null)).toBe("unknown size");
  expect(bytes(0)).toBe("0 bytes");
  expect(bytes(1500)).toBe("1.5 kB");
  expect(bytes(5_312_345_678)).toBe("5.3 GB");
  expect(bytes(250_000_000)).toBe("250 MB");
});
