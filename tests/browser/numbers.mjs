// A number has the same unit and value in the session list, in the facets and in the report.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { loadRecords, program } from "./lib/case.mjs";
import { rows, shows } from "./lib/grid.mjs";

const EVE = { type: "IAMUser", accountId: "111122223333", arn: "arn:aws:iam::111122223333:user/eve", userName: "eve", accessKeyId: "AKIAEXAMPLEEVE00001" };
/** A console session of the same user, in which one click has several events. */
const CONSOLE = { ...EVE, accessKeyId: "ASIAEXAMPLEEVE", sessionContext: { attributes: { creationDate: "2026-03-02T11:00:00Z", mfaAuthenticated: "false" } } };

let made = 0;
const call = (time, service, eventName, requestParameters, more = {}) => ({
  eventVersion: "1.11",
  eventID: `00000000-0000-4000-8000-${String(++made).padStart(12, "0")}`,
  eventTime: `2026-03-02T${time}Z`,
  eventSource: `${service}.amazonaws.com`,
  eventName,
  awsRegion: "eu-west-1",
  sourceIPAddress: "203.0.113.9",
  userAgent: "aws-cli/2.15.0",
  eventType: "AwsApiCall",
  eventCategory: "Management",
  managementEvent: true,
  readOnly: false,
  recipientAccountId: "111122223333",
  userIdentity: EVE,
  requestParameters,
  responseElements: null,
  ...more,
});
const denied = { errorCode: "AccessDenied" };
const byConsole = { userIdentity: CONSOLE, userAgent: "AWS Internal", sessionCredentialFromConsole: "true" };
const numbers = (length) => Array.from({ length }, (_, index) => index);

const records = () => [
  ...numbers(7).map((n) => call(`10:00:0${n}`, "secretsmanager", "GetSecretValue", { secretId: `secret-${n}` }, { readOnly: true })),
  ...numbers(2).map((n) => call(`10:01:0${n}`, "secretsmanager", "GetSecretValue", { secretId: `other-${n}` }, { readOnly: true, ...denied })),
  ...numbers(3).map((n) =>
    call(`10:02:0${n}`, "iam", "CreateAccessKey", { userName: `user-${n}` }, { responseElements: { accessKey: { userName: `user-${n}`, accessKeyId: `AKIAEXAMPLE000000${n}` } } }),
  ),
  ...numbers(4).map((n) => call(`10:03:0${n}`, "ssm", "PutParameter", { name: `/p/${n}`, type: "SecureString" })),
  call("10:04:00", "cloudtrail", "StopLogging", { name: "main" }),
  call("10:04:30", "cloudtrail", "DeleteTrail", { name: "main" }, denied),
  ...numbers(5).map((n) => call(`10:05:0${n}`, "s3", "DeleteBucket", { bucketName: `bucket-${n}` })),
  call("10:06:00", "iam", "CreateUser", { userName: "backdoor" }),
  call("10:06:10", "iam", "AttachUserPolicy", { userName: "backdoor", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
  call("10:07:00", "iam", "DeleteAccessKey", { userName: "user-2", accessKeyId: "AKIAEXAMPLE0000002" }),
  ...numbers(2).map((n) => call(`11:05:0${n}`, "secretsmanager", "GetSecretValue", { secretId: `console-${n}` }, { readOnly: true, ...byConsole })),
];

export const numbersCase = () => loadRecords(records(), "numbers");

const REASONS = ["secret read", "credential creation", "secret write", "log or detector change", "identity or permission change", "persistence change", "destructive or costly call"];
/** The number before a term, in singular or plural; 0 if the term is not there. */
const before = (text, term) => Number(text.match(new RegExp(`(\\d[\\d,]*) ${term}s?\\b`))?.[1].replaceAll(",", "") ?? 0);
const sum = (values) => values.reduce((all, value) => all + value, 0);

export function sameNumbers(address, file) {
  test("numbers: a reason has the same number of events in chips, facets and report", () =>
    looking(address, "/sessions?console=all", async (page, { open }) => {
      const chips = [];
      for (const index of [0, 1]) {
        await rows(page).nth(index).click();
        const head = page.getByRole("region", { name: "Session", exact: true });
        await shows(head, "Stands out");
        await head.getByRole("button", { name: "More", exact: true }).click();
        chips.push(...(await head.locator(".chip").allInnerTexts()));
        await page.goBack();
        await rows(page).nth(1).waitFor();
      }
      await open("/timeline?show=click&show=command&show=residual&show=programmatic");
      const facet = page.getByRole("group", { name: "Stands out", exact: true });
      await facet.getByRole("button", { name: /more/ }).click();
      const values = await facet.locator(".facet-value").allInnerTexts();
      const report = execFileSync(program, ["report", "--db", file, "--format", "md"], { encoding: "utf8" });
      for (const reason of REASONS) {
        const expected = sum(chips.map((chip) => before(chip, reason)));
        assert.ok(expected > 0, `${reason} in ${chips.join(", ")}`);
        const value = values.find((text) => text.toLowerCase().includes(reason));
        assert.equal(before(value ?? "", "event"), expected, `facet: ${reason} in ${values.join(" | ")}`);
        const headed = report.toLowerCase().match(new RegExp(`${reason}s?: (\\d+) events?`))?.[1];
        assert.equal(Number(headed), expected, `report: ${reason}`);
      }
      const attempts = 3;
      await shows(facet, "9 events, 2 attempts");
      assert.equal(sum(chips.map((chip) => before(chip, "attempt"))), attempts);
      assert.match(report, /Secret reads: 9 events, 2 attempts/);
    }));

  test("numbers: items to contain or undo are counted alike on the page and in the report", () =>
    looking(address, "/", async (page) => {
      const contain = page.getByRole("region", { name: "What to contain or undo" });
      await shows(contain, "Act on first:");
      const text = await contain.innerText();
      const report = execFileSync(program, ["report", "--db", file, "--format", "md"], { encoding: "utf8" });
      const numberOf = (all, title) => Number(all.match(new RegExp(`${title}: ([\\d,]+) (?:of [\\d,]+ )?items?`))?.[1] ?? 0);
      const titles = ["Act on first", "Less urgent", "No longer in effect"];
      const [shown, written] = [text, report].map((each) => titles.map((title) => numberOf(each, title)));
      assert.equal(shown[2], written[2], text);
      // On the page, a secret that one of the most notable identities read is urgent.
      assert.equal(shown[0] + shown[1], written[0] + written[1], text);
      assert.ok(shown[0] >= written[0] && written[0] > 0, text);
      await contain.getByText(/^No longer in effect/).click();
      await shows(contain, "; all by eve", "Created access key AKIAEXAMPLE0000002 for user-2", "deleted 10:07:00 by “Deleted access key AKIAEXAMPLE0000002 for user-2”");
      await shows(contain, /Signed [\d,]+ calls, the last at/, "Attached AdministratorAccess to user backdoor");
      await shows(contain, /6 more: Rotate secret secret-\d, Rotate secret secret-\d, Rotate secret secret-\d and 3 more/);
      await contain.locator(".contain-more summary").first().click();
      await shows(contain, "Deactivate access key AKIAEXAMPLEEVE00001 of eve", "Rotate secret secret-0", "Remove AdministratorAccess from user backdoor");
      assert.ok(!(await contain.innerText()).includes("cartographer report"));
    }));

  test("numbers: an administrator that was created is told first, with its events as evidence", () =>
    looking(address, "/", async (page) => {
      const story = page.getByRole("region", { name: "What eve did" });
      const told = "Created user backdoor and gave it administrator permissions (AdministratorAccess)";
      await shows(story, "Stands out most", told);
      await story.getByRole("link", { name: told }).click();
      await shows(page.locator(".grid-detail").first(), "Created user backdoor");
    }));
}
