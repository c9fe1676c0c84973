import { expect, test } from "vitest";
import type { Hunt, TimelineRow } from "../src/api/types";
import { destination, reelOf } from "../src/grid/keys";
import { shortPrincipal, signedIn } from "../src/lib/session";
import { csv, jsonl, rowsAsText, rowsAsTsv, tsv } from "../src/lib/table";
import { literal, queryOf, shownDefault, statement } from "../src/sql/statement";
import { explanation } from "../src/timeline/why";
import { isWhole, moved, zoomed } from "../src/timeline/zoom";

test.each([
  ["j", 3, 4],
  ["ArrowUp", 0, 0],
  ["PageDown", 3, 13],
  ["End", 0, 19],
  ["Home", 7, 0],
  ["PageDown", 15, 19],
])("%s leads from row %d to row %d of 20", (key, from, to) => {
  expect(destination(key, from, 20, 10)).toBe(to);
});

test("other keys do not move, and no key moves if there are no rows", () => {
  expect(destination("x", 3, 20, 10)).toBeUndefined();
  expect(destination("j", 0, 0, 10)).toBeUndefined();
});

test("rows are divided into reels", () => {
  expect([reelOf(0, 500), reelOf(499, 500), reelOf(500, 500), reelOf(1234, 500)]).toEqual([0, 0, 500, 1000]);
});

const WHOLE = { from: 1000, to: 2000 };

test("a time range is zoomed around its middle, and stays within the whole range", () => {
  expect(zoomed(WHOLE, WHOLE, 0.5)).toEqual({ from: 1250, to: 1750 });
  expect(zoomed({ from: 1000, to: 1100 }, WHOLE, 2)).toEqual({ from: 1000, to: 1200 });
  expect(zoomed({ from: 1250, to: 1750 }, WHOLE, 4)).toEqual(WHOLE);
  expect(moved({ from: 1000, to: 1400 }, WHOLE, 0.25)).toEqual({ from: 1100, to: 1500 });
  expect(moved({ from: 1000, to: 1400 }, WHOLE, -0.25)).toEqual({ from: 1000, to: 1400 });
  expect([isWhole(WHOLE, WHOLE), isWhole({ from: 1001, to: 2000 }, WHOLE)]).toEqual([true, false]);
});

const HUNT: Hunt = {
  id: "t/h",
  title: "Who?",
  tactic: "t",
  techniques: [],
  hit: "",
  false_positives: "",
  params: [
    { name: "since", kind: "moment", default: "TIMESTAMP '2000-01-01'", meaning: "" },
    { name: "principal", kind: "text", default: "'%'", meaning: "" },
    { name: "least", kind: "integer", default: "5", meaning: "" },
  ],
  sql: "-- Who?\n-- tactic: t\nSET VARIABLE since = TIMESTAMP '2000-01-01'; -- from\nSELECT 1\n-- a note\nFROM x;",
};

test("a hunt consists of its settings and its query", () => {
  expect(queryOf(HUNT)).toBe("SELECT 1\n-- a note\nFROM x;");
  expect(queryOf({ ...HUNT, sql: "SELECT 2;" })).toBe("SELECT 2;");
  expect(statement(HUNT, { principal: "o'neil", least: "7" })).toBe(
    "SET VARIABLE since = TIMESTAMP '2000-01-01';\nSET VARIABLE principal = 'o''neil';\nSET VARIABLE least = 7;\n" +
      "SELECT 1\n-- a note\nFROM x;",
  );
});

test("a value is a literal of the parameter's kind, whatever was typed", () => {
  const [since, principal, least] = HUNT.params;
  if (!since || !principal || !least) throw new Error("three parameters");
  expect(HUNT.params.map(shownDefault)).toEqual(["2000-01-01", "%", "5"]);
  expect(literal(since, "2026-03-11'; DROP")).toBe("TIMESTAMP '2026-03-11''; DROP'");
  expect(literal(least, "7; DROP TABLE events")).toBe("5");
  expect(literal(principal, "")).toBe("''");
});

const ROW: TimelineRow = {
  time: "2026-03-11T19:41:32.000000Z",
  last_time: "2026-03-11T19:41:32.000000Z",
  entry: "signal",
  class: "click",
  session_id: "s",
  account_id: "111122223333",
  principal: "=cmd()\u202e",
  region: "us-east-1",
  kind: "secret",
  service: "iam",
  title: "IAM › Users",
  summary: "Created access key\nfor x",
  confidence: 1,
  origin: "letter",
  events: 1,
  id: "b",
  url: null,
  error_code: "AccessDenied",
};

test("rows are copied in order, without formulas", () => {
  const earlier = { ...ROW, time: "2026-03-11T09:00:00.000000Z", id: "a", error_code: null, principal: "nadia" };
  expect(rowsAsText([ROW, earlier])).toBe(
    "2026-03-11 09:00:00 UTC  nadia  IAM › Users: Created access key⟦U+000A⟧for x (secret, 1.00)\n" +
      "2026-03-11 19:41:32 UTC  =cmd()⟦U+202E⟧  IAM › Users: Created access key⟦U+000A⟧for x (secret, 1.00) [AccessDenied]\n",
  );
  const lines = rowsAsTsv([ROW]).split("\n");
  expect(lines[0]?.split("\t").slice(0, 3)).toEqual(["time", "kind", "title"]);
  expect(lines[1]?.split("\t")[5]).toBe("'=cmd()⟦U+202E⟧");
});

test("a result is saved in three formats; numbers are not escaped", () => {
  const [names, rows] = [
    ["n", "text"],
    [
      [-1, "-1"],
      [null, { a: [1] }],
    ],
  ];
  expect(tsv(names, rows)).toBe('n\ttext\n-1\t\'-1\n\t{"a":[1]}\n');
  expect(csv(names, rows)).toBe('n,text\r\n-1,\'-1\r\n,"{""a"":[1]}"\r\n');
  expect(jsonl(names, rows)).toBe('{"n":-1,"text":"-1"}\n{"n":null,"text":{"a":[1]}}\n');
});

test("the names of SSO roles are shortened, others are unchanged", () => {
  expect(shortPrincipal("AWSReservedSSO_PowerUserAccess_0123456789abcdef/tomas")).toBe("tomas (SSO PowerUserAccess)");
  expect(shortPrincipal("Admin/AWSReservedSSO_X_0123456789abcdef/y")).toBe("Admin/AWSReservedSSO_X_0123456789abcdef/y");
});

test("how somebody signed in is described in words", () => {
  expect(signedIn({ identity_type: "IAMUser", principal: "nadia", mfa: false, console: true })).toBe(
    "IAM user, no MFA",
  );
  expect(signedIn({ identity_type: "AssumedRole", principal: "AWSReservedSSO_X_0/t", mfa: true, console: true })).toBe(
    "SSO role, MFA",
  );
  expect(signedIn({ identity_type: "New\u202eThing", principal: null, mfa: null, console: false })).toBe(
    "New⟦U+202E⟧Thing",
  );
});

test("an explanation is shown without what is already shown above it", () => {
  const lines = [
    "IAM › Users",
    "  says     Opened",
    "  found    exact match: every required call was seen; confidence 0.96",
    "",
    "Events (1)",
    "  19:40:05  anchor",
  ];
  expect(explanation(lines)).toEqual({
    found: "exact match: every required call was seen",
    lines: ["Events (1)", "  19:40:05  anchor"],
  });
  const none = ["the case was mapped with different rules"];
  expect(explanation(none)).toEqual({ found: null, lines: none });
});
