import { expect, test } from "vitest";
import type { Fact } from "../src/api/types";
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
    "pushed images to 1 repository (6 times)",
  );
  expect(gist("Attached Policy1 to role r-1", "role", 5)).toBe("attached policies to 5 roles");
  expect(gist('Put inline policy "inline-policy" on role r-1: allows ec2:Describe*', "role", 5)).toBe(
    "put inline policies on 5 roles",
  );
  expect(gist("Deleted the route to 0.0.0.0/0 from route table rtb-1", "route_table", 5)).toBe(
    "deleted routes from 5 route tables",
  );
  expect(gist("Attached Policy1 to role r-1", "role")).toBe("attached Policy1 to 1 role");
  expect(gist("Created a console password for nadia-2", "user", 2)).toBe("created a console password for 2 users");
  expect(gist("Read the decrypted values of parameters /a/b and 6 more", null, 5)).toBe(
    "read the decrypted values of parameters (5 times)",
  );
});

test("a gist of several launches has no number or type, which only the first of them may have", () => {
  const launch = "Tried to launch up to 3 instances of type t3.micro: InvalidAMIID.NotFound";
  expect(gist(launch, null, 2, 1)).toBe("launch instances (2 times)");
  expect(gist("Launched up to 3 instances of type t3.micro (i-1)", "instance", 2, 5)).toBe("launched 5 instances");
  expect(gist("Shared AMI ami-1 with account 111122223333", "image")).toBe("shared 1 AMI with account 111122223333");
});

test("the heading of a folded list says what is inside, and what the same identity had created", () => {
  const line = (gist: string, own = false) => ({ text: gist, gist, own });
  const signIn = { text: "a", gist: "failed sign-in", countable: true };
  expect(inside([signIn, { ...signIn, text: "b" }, line("read 1 secret")], true)).toBe(
    "Also: 2 failed sign-ins and read 1 secret",
  );
  expect(inside([line("read 1 secret", true), line("deleted 1 trail")], true)).toBe(
    "Also: deleted 1 trail. Of what the same identity had created: read 1 secret",
  );
  // A single one more is named, which is as short.
  expect(
    inside(
      Array.from({ length: 7 }, (_, index) => line(`made ${index}`)),
      false,
    ),
  ).toMatch(/made 5 and made 6$/);
  const many = Array.from({ length: 9 }, (_, index) => line(`made thing ${index}`));
  expect(inside(many, false)).toMatch(/^Made thing 0, .*, made thing 5 and 3 more$/);
});

const span = { first_time: "2026-03-11T19:00:00Z", last_time: "2026-03-11T20:00:00Z" };
const sentence = (title: string, ...texts: string[]): Sentence => ({
  title,
  text: "",
  strong: false,
  evidence: texts.map((text) => ({ time: "", text, href: text, event: `event of ${text}` })),
  more: [],
  inside: "",
});
const fact = (kind: Fact["kind"], text: string, more: Partial<Fact> = {}): Fact => ({
  kind,
  text,
  time: null,
  name: null,
  number: null,
  event_id: null,
  until: null,
  later: null,
  ...more,
});
const facts = (all: readonly Fact[], ...sentences: Sentence[]) => {
  const told = withFacts(all, sentences, "nadia", span);
  return {
    lead: told.lead,
    rows: told.sentences.map(({ title, lines, evidence }) => [title, ...(lines ?? evidence.map(({ text }) => text))]),
  };
};

test("facts that the story states are not repeated, and the others are below it", () => {
  const failed = fact("failed sign-ins", "Failed at 2026-03-11 19:00:00 UTC", {
    name: "nadia",
    number: 1,
    until: "2026-03-11T19:01:00Z",
  });
  const access = sentence("Access", "Failed sign-in by nadia from 192.0.2.1", "Signed in from 192.0.2.1");
  expect(facts([failed], access).rows).toEqual([
    ["Access", "Failed sign-in by nadia from 192.0.2.1", "Signed in from 192.0.2.1"],
  ]);
  for (const more of [{ until: null }, { number: 9 }, { name: "eve" }])
    expect(facts([{ ...failed, ...more }], access).rows[1]).toEqual(["Context", "Failed at 19:00:00"]);
  const stopped = fact("logging", "Stopped t at 2026-03-11 19:30:00 UTC; no later event", {
    event_id: "event of Stopped t",
    later: "; no later event",
  });
  const weakened = sentence("Weakened", "Stopped t");
  expect(facts([stopped], weakened).rows).toEqual([["Weakened", "Stopped t; no later event"]]);
  expect(facts([stopped]).rows).toEqual([["Context", "Stopped t at 19:30:00; no later event"]]);
  expect(facts([{ ...stopped, event_id: "another" }], weakened).rows).toHaveLength(2);
  const password = fact("password of new user", "A console password was set", { name: "eve" });
  expect(facts([password], sentence("Access", "The password of eve was used")).rows).toHaveLength(1);
  expect(facts([password], sentence("Access", "The password of adam was used")).rows).toHaveLength(2);
});

test("that an identity is new is part of the first line, and what is not recorded comes last", () => {
  const ends = fact("case ends", "The last event in the case is at 2026-03-11 20:00:10 UTC");
  const isNew = (name: string) =>
    fact("first seen", `First seen at 2026-03-11 19:00:00 UTC: ${name}`, { name, until: "2026-03-11T00:00:01Z" });
  expect(
    facts([
      isNew("nadia"),
      fact("no data events", "No data events for bucket b"),
      ends,
      fact("clients", "Clients: aws-cli/2"),
    ]),
  ).toEqual({
    lead: "; no earlier activity by nadia, in a case that begins at 00:00:01",
    rows: [
      ["Clients", "aws-cli/2"],
      ["Limits", "No data events for bucket b", "The last event in the case is at 20:00:10"],
    ],
  });
  // The server leaves out the part of a name that is different each time.
  const named = facts(
    [fact("clients", "Clients: stratus-red-team_…; aws-cli/2"), isNew("eve")],
    sentence("In short"),
    sentence("Access", "key"),
    sentence("Took", "secret"),
  );
  expect(named.rows.map(([title]) => title)).toEqual(["In short", "Access", "Clients", "Took", "Context"]);
  expect(named.rows[2]).toEqual(["Clients", "stratus-red-team_<UUID>; aws-cli/2"]);
  expect(facts([isNew("eve")])).toEqual({ lead: "", rows: [["Context", "First seen at 19:00:00: eve"]] });
});
