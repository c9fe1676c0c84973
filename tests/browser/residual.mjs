// Console events without a signal are shown as such.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { loadRecords, ownRules } from "./lib/case.mjs";
import { detail, inAddress, row, rows, shows, texts, total } from "./lib/grid.mjs";
import { sessionOf } from "./lib/records.mjs";

const record = sessionOf("mara");

// The shipped rules report any read that no page explains as a visit, so a custom rule replaces that rule.
const NO_VISITS = `
id = "generic/visit"
title = "A page of one's own"
summary = "Opened a page of one's own"
kind = "view"
console_path = ["A page of one's own"]
anchor = ["own:OpenPage"]
required = ["own:OpenPage"]
`;

const records = () => [
  record("iam", "CreateUser", { userName: "svc-new" }),
  record("frobnicate", "DescribeFrobs", { frob: "f-1" }, true),
  { ...record("frobnicate", "GetFrob", { frob: "f-2" }, true), errorCode: "AccessDenied" },
];

export const residualCase = async () =>
  loadRecords(records(), "residual", "--rules", await ownRules({ "generic/visit.toml": NO_VISITS }));

export function residual(address) {
  test("residual: unexplained events stand in the timeline, and unfold to their records", () =>
    looking(address, "/timeline?folded=false", async (page) => {
      await total(page, 3);
      await shows(rows(page).first(), "create", "svc-new");
      await shows(rows(page).nth(1), "10:02:00", "residual", "frobnicate:DescribeFrobs");
      await shows(rows(page).nth(2), "residual", "frobnicate:GetFrob", "AccessDenied");
      await row(page, "frobnicate:GetFrob").click();
      await detail(page).getByText('"f-2"').waitFor();
      const shown = page.getByRole("group", { name: "Rows to show" }).getByRole("checkbox", { name: "Unexplained" });
      await shown.uncheck();
      await total(page, 1);
      await shown.check();
      await total(page, 3);
    }));

  test("residual: sessions and coverage count them, and lead to them", () =>
    looking(address, "/sessions", async (page) => {
      await total(page, 1);
      await shows(row(page, "mara"), "2 events without a signal");
      await page.goto(`${address.origin}/coverage`);
      const totals = page.getByRole("region", { name: "Totals" });
      await shows(totals, /\d\s+of 1 click (match|matches) a known page/, "of 3 console events");
      await totals.getByRole("link", { name: "2" }).click();
      // Reads from one service share a line.
      await total(page, 1);
      await page.getByText("of 2 rows").waitFor();
      await inAddress(page, "show", "residual");
      assert.ok((await texts(page)).every((text) => text.includes("residual")));
    }));
}
