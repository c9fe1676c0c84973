// What the lines of the story show together: how much of it concerns only what the same identity had created, what is left of
// that, and what it looked at. Pure.

import type { Overview, OverviewActor, OverviewLooked } from "../api/types";
import { count, counted, endTime } from "./format";
import { upper } from "./gist";
import { grouped } from "./group";
import { shortPrincipal } from "./session";
import type { Sentence } from "./story";
import { listed, middle, typeName, typeNames } from "./text";

/** From this share of what an actor took, weakened or destroyed, it matters that it had created it. */
const SHARE_OWN = 0.5;

const row = (title: string, lines: readonly string[]): Sentence | undefined =>
  lines.length === 0 ? undefined : { title, text: "", strong: false, evidence: [], lines, more: [], inside: "" };

/** Whether the story begins with the statement that all of the harm concerns only what the same identity had created. */
export function isAllOwn(actor: OverviewActor, { balance }: Pick<Overview, "balance">): boolean {
  const own = balance.find((each) => each.place === actor.place);
  return own !== undefined && own.harmed > 0 && own.harmed_own === own.harmed;
}

/** How much of the harm concerns only what the same identity had created, and how much of that was undone. */
export function inShort(actor: OverviewActor, { balance }: Pick<Overview, "balance">): Sentence | undefined {
  const own = balance.find((each) => each.place === actor.place);
  if (!own || own.harmed_own === 0 || own.harmed_own < own.harmed * SHARE_OWN) return undefined;
  const { harmed, harmed_own, opened, closed, closed_at, created, deleted_at, by_service } = own;
  const deleted = own.deleted + by_service.length;
  const service = by_service.length > 0 ? `, ${count(by_service.length)} of them by Secrets Manager` : "";
  const name = middle(shortPrincipal(actor.actor), 44);
  const by = (time: string | null) => (time === null ? "" : ` by ${endTime(actor.first_time, time)}`);
  const part = harmed === harmed_own ? `All ${count(harmed)}` : `${count(harmed_own)} of ${count(harmed)}`;
  return row("In short", [
    `${part} events that took, weakened or destroyed something concern only what ${name} had created in this case.`,
    ...(created > 0
      ? [
          `${count(deleted)} of ${counted(created, "resource")} that ${name} created were deleted${by(deleted_at)}${service}.`,
        ]
      : []),
    ...(opened > 0
      ? [
          `${closed === opened ? "All" : count(closed)}${closed === opened ? "" : " of"} ${counted(opened, "event")} that gave others access were undone${by(closed_at)}.`,
        ]
      : []),
  ]);
}

const MOST_LEFT = 3;

/** If it deleted some of what it had created: what else it created, which has no deletion in the case. */
export function leftOver(actor: OverviewActor, { balance }: Pick<Overview, "balance">): Sentence | undefined {
  const own = balance.find((each) => each.place === actor.place);
  if (!own || own.deleted === 0) return undefined;
  const left = own.left_over.map(({ entity_type, resources, names }) => {
    const some = listed(
      names.slice(0, MOST_LEFT).map((name) => middle(name, 50)),
      Math.max(resources, 1),
    );
    return `${resources === 1 ? typeName(entity_type) : `${count(resources)} ${typeNames(entity_type)}:`} ${some}`;
  });
  const secrets = own.by_service;
  const types = own.left_over.map(({ entity_type, resources }) =>
    counted(resources, typeName(entity_type), typeNames(entity_type)),
  );
  const all = row("Left over", [
    ...left.map(upper),
    ...(secrets.length > 0
      ? [
          `Deleted by Secrets Manager, without a DeleteSecret request in this case: ${listed(secrets.slice(0, MOST_LEFT), secrets.length)}`,
        ]
      : []),
  ]);
  const inside = types.length > 0 ? `Not deleted in this case: ${listed(types)}` : "Deleted only by Secrets Manager";
  return all && { ...all, folded: true, inside };
}

const MOST_PAGES = 5;
const MOST_ITEMS = 3;
const MOST_CALLS = 6;
/** The maximum number of calls of an identity that has only one line. */
export const MOST_CALLS_BRIEF = 3;

/** Parts of the navigation of EC2 and VPC that are not pages. */
const SECTIONS = [
  "Auto Scaling",
  "Elastic Block Store",
  "Images",
  "Load Balancing",
  "Network & Security",
  "Network Firewall",
  "PrivateLink and Lattice",
  "Security",
  "Virtual Private Cloud",
];

const DASHBOARD = /\b(Dashboard|Search)$/;

/** Services that record or detect, or that keep secrets: what somebody looked at there is named first, also their dashboards. */
const TELLING = [
  "CloudTrail",
  "GuardDuty",
  "Security Hub",
  "Detective",
  "Config",
  "AWS Config",
  "CloudWatch",
  "Secrets Manager",
  "Systems Manager",
  "KMS",
];

const tells = (title: string): boolean => TELLING.includes(title.split(" › ")[0] ?? "");

/** `IAM (Users › marek, Roles) and S3 (Buckets)`: the pages of the console without tabs, dashboards and the navigation. */
function pagesOf(titles: readonly string[]): string {
  const sorted = [...titles.filter(tells), ...titles.filter((title) => !tells(title))];
  const places = sorted.flatMap((title) => {
    const [service = "", ...parts] = title.split(" › ");
    const pages = parts.filter((part) => !SECTIONS.includes(part) && !DASHBOARD.test(part));
    const [first, second] = pages.length > 0 || !tells(title) ? pages : parts;
    return first === undefined || service === "Console" ? [] : [{ service, list: first, item: second }];
  });
  const services = grouped(places, ({ service }) => service);
  const each = [...services].map(([service, all]) => {
    const pages = all.filter(({ list }) => !DASHBOARD.test(list));
    const lists = grouped(pages.length > 0 ? pages : all, ({ list }) => list);
    const names = [...lists].map(([list, same]) => {
      const items = [...new Set(same.flatMap(({ item }) => (item === undefined ? [] : [middle(item, 40)])))];
      return items.length > 0 ? `${list} › ${listed(items.slice(0, MOST_ITEMS), items.length)}` : list;
    });
    return `${service} (${names.slice(0, MOST_PAGES).join(", ")}${names.length > MOST_PAGES ? " …" : ""})`;
  });
  return listed(each);
}

/** What programs call when they start. */
const START = ["ec2:DescribeAccountAttributes", "iam:GetUser"];
const WHO_AM_I = "sts:GetCallerIdentity";

/** Without the calls with which programs start. Who they are is left out if they asked for nothing else. */
function asked(calls: readonly string[]): string[] {
  const own = calls.filter((call) => !START.includes(call));
  return own.every((call) => call === WHO_AM_I) ? [] : own;
}

/** What an identity looked at, in the console and with programs before they changed anything. */
export function lookedAt(
  actor: OverviewActor,
  { looked }: Pick<Overview, "looked">,
  most: number = MOST_CALLS,
): string[] {
  const own = looked.filter((each) => each.place === actor.place);
  const named = (how: OverviewLooked["how"]) =>
    own.filter((each) => each.how === how).flatMap(({ name }) => name ?? []);
  const [pages, calls] = [pagesOf(named("console")), asked(named("program"))];
  const before = own.find((each) => each.before !== null)?.before;
  const until = before ? ` before the first change, at ${endTime(actor.first_time, before)}` : "";
  return [
    ...(pages ? [`Console: ${pages}`] : []),
    ...(calls.length > 0 ? [`Programs${until}: ${listed(calls.slice(0, most), calls.length)}`] : []),
  ];
}

export const looks = (actor: OverviewActor, overview: Overview): Sentence | undefined =>
  row("Looked at", lookedAt(actor, overview));
