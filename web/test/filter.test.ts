import { expect, test } from "vitest";
import { exportAddress } from "../src/api/client";
import {
  apiFilter,
  CHOSEN_SHOW,
  changed,
  DEFAULT_SHOW,
  emptyFilter,
  filterCount,
  readFilter,
  toggled,
  writeFilter,
} from "../src/lib/filter";

const FULL =
  "session=s1&session=s2&service=iam&service=s3&kind=secret&technique=T1098.001&region=eu-west-1&principal=nadia" +
  "&actor=s3&ip=192.0.2.1&key=AKIA1&entity_type=user&entity=svc-backup&outcome=failed&notable=true&search=a%26b&from=2026-03-11T19%3A00%3A00.000Z" +
  "&to=2026-03-11T20%3A00%3A00.000Z&show=click&show=background";

test("an address is read and written unchanged", () => {
  expect(writeFilter(readFilter(new URLSearchParams(FULL))).toString()).toBe(FULL);
});

test("defaults are not in the address, but are sent to the API", () => {
  expect(writeFilter(emptyFilter()).toString()).toBe("");
  expect(apiFilter(emptyFilter()).getAll("show")).toEqual([...DEFAULT_SHOW]);
});

test("what is not understood is left out", () => {
  const filter = readFilter(
    new URLSearchParams("show=nonsense&outcome=maybe&from=yesterday&service=&kind=view&kind=view"),
  );
  expect(filter).toEqual({ ...emptyFilter(), kind: ["view"] });
});

test("the order in which classes are named does not matter", () => {
  expect(
    writeFilter(readFilter(new URLSearchParams("show=found&show=residual&show=click&show=command"))).toString(),
  ).toBe("");
});

test("filters are counted, except sessions and classes", () => {
  expect(filterCount(readFilter(new URLSearchParams(FULL)))).toBe(14);
  expect(filterCount(emptyFilter())).toBe(0);
});

test("a value is added and removed", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});

test("an export names its rows and its format", () => {
  const filter = readFilter(new URLSearchParams("search=%3Cb%3E&show=click"));
  const rows = "/api/export?search=%3Cb%3E&show=click&ids=x&ids=y";
  expect(exportAddress(filter, ["x", "y"], "csv", false)).toBe(`${rows}&format=csv`);
  // Lines are identified by their first rows.
  expect(exportAddress(filter, ["x", "y"], "csv", true)).toBe(`${rows}&folded=true&format=csv`);
  expect(exportAddress(filter, [], "csv", true)).toBe("/api/export?search=%3Cb%3E&show=click&format=csv");
});

test("if somebody or something is selected, API events are also shown, and the address stays short", () => {
  for (const chosen of ["session=s", "actor=s", "principal=p", "ip=192.0.2.1", "key=AKIA", "entity=e", "search=x"]) {
    const filter = readFilter(new URLSearchParams(chosen));
    expect(filter.show).toEqual([...CHOSEN_SHOW]);
    expect(writeFilter(filter).toString()).toBe(chosen);
  }
  expect(readFilter(new URLSearchParams("kind=view&notable=true")).show).toEqual([...DEFAULT_SHOW]);
  expect(readFilter(new URLSearchParams("session=s&show=click")).show).toEqual(["click"]);
});

test("what is shown follows the selection, unless it was set explicitly", () => {
  const usual = emptyFilter();
  expect(changed(usual, { ...usual, ip: ["192.0.2.1"] }).show).toEqual([...CHOSEN_SHOW]);
  const own = { ...usual, show: ["click" as const] };
  expect(changed(own, { ...own, ip: ["192.0.2.1"] }).show).toEqual(["click"]);
  const searched = { ...usual, search: "x", show: [...CHOSEN_SHOW] };
  expect(changed(searched, { ...searched, search: "" }).show).toEqual([...DEFAULT_SHOW]);
});
