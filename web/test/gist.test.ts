import { expect, test } from "vitest";
import { withFacts } from "../src/lib/facts";
import { gistOf, inside } from "../src/lib/gist";
import type { Sentence } from "../src/lib/story";

const gist = (what: string, thing: string | null, events = 1, targets = events) =>
  gistOf({ what, thing, events, targets });

test("a gist counts the resources instead of naming them", () => {
  expect(gist("Read secret prod/api, which is new", "secret", 60, 20)).toBe("read 20 secrets");
  expect(gist("Deleted flow logs fl-1", "flow_log")).toBe("deleted 1 flow log");
  expect(gist("Released the Elastic IP address (allocation eipalloc-1)", "address", 3)).toBe(
    "released 3 Elastic IP addresses",
  );
  expect(gist("Tried to stop logging for trail t-1: TrailNotFoundException", "trail", 3, 1)).toBe(
    "stop logging for 1 trail (3 times)",
  );
  expect(gist("Put a policy on bucket b-1 that lets account 111122223333 call s3:GetObject", "bucket")).toBe(
    "put a policy on 1 bucket for account 111122223333",
  );
  expect(gist("Let everyone call lambda:InvokeFunction on function f-1", "function")).toBe(
    "let everyone call lambda:InvokeFunction on 1 function",
  );
});

test("a gist of several events has no name, which only the first of them may have", () => {
  expect(gist("Pushed image build-1 to repository orders", "repository", 6, 1)).toBe(
    "pushed image … to 1 repository (6 times)",
  );
  expect(gist("Attached Policy1 to role r-1", "role", 5)).toBe("attached … to 5 roles");
  expect(gist("Attached Policy1 to role r-1", "role")).toBe("attached Policy1 to 1 role");
  expect(gist("Created a console password for nadia-2", "user", 2)).toBe("created a console password for 2 users");
  expect(gist("Read the decrypted values of parameters /a/b and 6 more", null, 5)).toBe(
    "read the decrypted values of parameters (5 times)",
  );
});

test("the heading of a folded list says what is inside, and what the same identity had created", () => {
  const line = (gist: string, own = false) => ({ text: gist, gist, own });
  const signIn = { text: "a", gist: "failed sign-in", countable: true };
  expect(inside([signIn, { ...signIn, text: "b" }, line("read 1 secret")], true)).toBe(
    "Also: 2 failed sign-ins and read 1 secret",
  );
  expect(inside([line("read 1 secret", true), line("deleted 1 trail")], true)).toBe(
    "Also: deleted 1 trail. Of what it had created: read 1 secret",
  );
  const many = Array.from({ length: 9 }, (_, index) => line(`made thing ${index}`));
  expect(inside(many, false)).toMatch(/^Made thing 0, .*, made thing 5 and 3 more$/);
});

const span = { first_time: "2026-03-11T19:00:00Z", last_time: "2026-03-11T20:00:00Z" };
const sentence = (title: string, ...texts: string[]): Sentence => ({
  title,
  text: "",
  strong: false,
  evidence: texts.map((text) => ({ time: "", text, href: text })),
  more: [],
  inside: "",
});
const facts = (notes: readonly string[], ...sentences: Sentence[]) => {
  const all = withFacts(notes, sentences, "nadia", span);
  return {
    lead: all.lead,
    rows: all.sentences.map(({ title, lines, evidence }) => [title, ...(lines ?? evidence.map(({ text }) => text))]),
  };
};

test("facts that the story states are not repeated, and the others are below it", () => {
  const failed =
    "1 failed sign-in as nadia from 192.0.2.1 (2026-03-11 19:00:00 UTC); the next sign-in succeeded at 2026-03-11 19:01:00 UTC";
  const access = sentence("Access", "Failed sign-in by nadia from 192.0.2.1", "Signed in from 192.0.2.1");
  expect(facts([failed], access).rows).toEqual([
    ["Access", "Failed sign-in by nadia from 192.0.2.1", "Signed in from 192.0.2.1"],
  ]);
  const none = failed.replace(/;.*/, "; no later sign-in succeeded within an hour");
  expect(facts([none], access).rows[1]).toEqual(["Context", none.replace("2026-03-11 19:00:00 UTC", "19:00:00")]);
  expect(facts([failed.replace("1 failed sign-in", "9 failed sign-ins")], access).rows[1]?.[0]).toBe("Context");
  const stopped =
    "Stopped logging for trail t at 2026-03-11 19:30:00 UTC; no later event in the case starts or creates it";
  expect(facts([stopped], sentence("Weakened", "Stopped logging for trail t")).rows).toEqual([
    ["Weakened", "Stopped logging for trail t; no later event in the case starts or creates it"],
  ]);
  expect(facts([stopped]).rows).toEqual([["Context", stopped.replace("2026-03-11 19:30:00 UTC", "19:30:00")]]);
});

test("that an identity is new is part of the first line, and what is not recorded comes last", () => {
  const idle =
    "After the last activity in the console session of nadia at 2026-03-11 19:40:00, the page stayed open until 2026-03-11 19:50:00 UTC (background requests only)";
  const isNew = (who: string) => `First seen at 2026-03-11 19:00:00 UTC; no earlier activity by ${who} in the case`;
  expect(
    facts([
      isNew("nadia"),
      "No data events for bucket b: reads of objects are not recorded",
      idle,
      "Clients: aws-cli/2",
    ]),
  ).toEqual({
    lead: "; no earlier activity by nadia in the case",
    rows: [
      ["Context", "Clients: aws-cli/2"],
      ["Not recorded", "No data events for bucket b: reads of objects are not recorded"],
      ["Page left open", "19:40:00 to 19:50:00, background requests only"],
    ],
  });
  expect(facts([isNew("eve")])).toEqual({
    lead: "",
    rows: [["Context", isNew("eve").replace("2026-03-11 19:00:00 UTC", "19:00:00")]],
  });
});
