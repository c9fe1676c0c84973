// Text from logs is shown as text, whatever it contains.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { loadRecords } from "./lib/case.mjs";
import { detail, downloaded, row, rows, shows, total } from "./lib/grid.mjs";
import { sessionOf } from "./lib/records.mjs";

const SCRIPT = "<script>window.pwned=1</script><img src=x onerror=window.pwned=1>";
const BIDI = "\u202egnp.exe\u2066\u200b";
const LONG = `long-${"x".repeat(100_000)}-end`;
const FORMULA = "=cmd()|'/c calc'!A1";
const WHO = `eve${SCRIPT}\u202e`;

const record = sessionOf(WHO);

const records = () => [
  record("iam", "CreateUser", { userName: SCRIPT }),
  record("iam", "CreateUser", { userName: BIDI }),
  record("iam", "CreateUser", { userName: FORMULA }),
  record("iam", "CreateUser", { userName: LONG }),
  record(SCRIPT, SCRIPT, { [SCRIPT]: BIDI }),
];

const untouched = async (page) => {
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("img, iframe, object, script:not([src])").count(), 0);
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200b]/.test(await page.locator("body").innerText()), "a hidden character is shown bare");
};

export const hostileCase = () => loadRecords(records(), "hostile");

export function hostile(address) {
  test("hostile: names are text in every view", () =>
    looking(address, "/sessions", async (page) => {
      await total(page, 1);
      await shows(rows(page).first(), `eve${SCRIPT}⟦U+202E⟧`);
      await untouched(page);
      await rows(page).first().click();
      await page.locator("h1", { hasText: "Timeline" }).waitFor({ state: "attached" });
      await row(page, SCRIPT).waitFor();
      await row(page, "⟦U+202E⟧gnp.exe⟦U+2066⟧⟦U+200B⟧").waitFor();
      await untouched(page);
      for (const place of ["/entities", "/coverage", "/coverage?by=service", "/sql?sql=FROM+events"]) {
        await page.goto(address.origin + place);
        await rows(page).first().waitFor();
        await untouched(page);
      }
    }));

  test("hostile: a name of 100 kB is clipped, and can be seen whole", () =>
    looking(address, "/timeline", async (page) => {
      const long = row(page, "long-xxx");
      await long.waitFor();
      assert.ok((await long.innerText()).length < 2000);
      await long.click();
      const event = detail(page).getByRole("button", { name: "iam:CreateUser" });
      await event.click();
      await detail(page).getByText('"requestParameters"').waitFor();
      assert.ok((await detail(page).innerText()).length < 20_000);
      await detail(page).getByRole("button", { name: /show .* more characters/ }).first().click();
      await shows(page.locator(".json"), "-end");
      await untouched(page);
    }));

  test("hostile: a formula is none in what is saved", () =>
    looking(address, "/sql?sql=SELECT+request_parameters-%3E%3E'%24.userName'+AS+name+FROM+events+ORDER+BY+event_id", async (page) => {
      await total(page, 5);
      await page.getByText("Export", { exact: true }).click();
      const { text } = await downloaded(page, () => page.getByRole("button", { name: "CSV" }).click());
      const lines = text.split("\r\n");
      assert.equal(lines[3], `'${FORMULA}`);
      assert.equal(lines[2], "⟦U+202E⟧gnp.exe⟦U+2066⟧⟦U+200B⟧");
    }));
}
