// What to do about an item to contain or undo, in words. Pure.

import type { RemedyItem } from "../api/types";
import { middle, shortened, typeName } from "./text";

type Named = NonNullable<RemedyItem["entities"]>[number];

const PARTS = ["created", "target", "deleted", "used"];

const all = (item: RemedyItem, type: string): Named[] =>
  (item.entities ?? []).filter((each) => each.entity_type === type && PARTS.includes(each.relation));
/** How a resource is called in a sentence. */
const called = (item: RemedyItem, type: string): string | undefined => {
  const [first] = all(item, type);
  return first && middle(first.name ?? first.entity_value, 90);
};

const TYPES = [
  "image",
  "snapshot",
  "db_snapshot",
  "bucket",
  "function",
  "secret",
  "trail",
  "detector",
  "config_recorder",
];
const MORE_TYPES = ["flow_log", "log_group", "security_group", "instance", "trust_anchor", "profile", "role", "user"];

/** The resource that an item is about. */
export function subjectOf(item: RemedyItem): Named | undefined {
  for (const type of ["parameter", ...TYPES, ...MORE_TYPES]) {
    const [found] = all(item, type);
    if (found) return found;
  }
  return item.entities?.[0];
}

/** The resource that an item is about, with its type. */
function subject(item: RemedyItem): string {
  for (const type of [...TYPES, ...MORE_TYPES]) {
    const found = called(item, type);
    if (found) return `${typeName(type)} ${found}`;
  }
  const [first] = item.entities ?? [];
  return first ? `${typeName(first.entity_type)} ${middle(first.name ?? first.entity_value, 90)}` : "this change";
}

function used(item: RemedyItem): string {
  const [key, role, user] = ["access_key", "role", "user"].map((type) => called(item, type));
  if (key) return `Deactivate access key ${key}${user ? ` of ${user}` : ""}`;
  if (role) return `End the sessions of role ${role}`;
  if (user) return `Remove console access and end the sessions of ${user}`;
  return "Reset the password of the root user and end its sessions";
}

function policy(item: RemedyItem): string {
  const holder = ["user", "role", "group"]
    .map((type) => called(item, type) && `${type} ${called(item, type)}`)
    .find(Boolean);
  const granted = called(item, "policy");
  const what = granted ? shortened(granted.split("/").pop() ?? granted, 80) : "this permission";
  return `Remove ${what}${holder ? ` from ${holder}` : ""}`;
}

function watch(item: RemedyItem): string {
  const [trail] = all(item, "trail");
  if (trail)
    return trail.relation === "deleted" ? `Create ${subject(item)} again` : `Start logging for ${subject(item)}`;
  return called(item, "detector") || called(item, "config_recorder")
    ? `Enable ${subject(item)} again`
    : `Check and restore ${subject(item)}`;
}

const secret = (item: RemedyItem): string => {
  const [parameter, instance] = [called(item, "parameter"), called(item, "instance")];
  if (parameter) return `Replace the value of parameter ${parameter}`;
  return instance && !called(item, "secret")
    ? `Replace the credentials on instance ${instance}`
    : `Rotate ${subject(item)}`;
};

const ACTIONS: Record<string, (item: RemedyItem) => string> = {
  used,
  key: (item) => {
    const user = called(item, "user");
    return `Delete access key ${called(item, "access_key") ?? ""}`.trim() + (user ? ` of ${user}` : "");
  },
  password: (item) => `Remove the console password of ${called(item, "user") ?? "the user"}`,
  user: (item) => `Block and review user ${called(item, "user") ?? ""}`.trim(),
  policy,
  trust: (item) => `Review the trust policy of ${subject(item)}`,
  role: (item) => `Review role ${called(item, "role") ?? ""}`.trim(),
  share: (item) => `Stop sharing ${subject(item)}`,
  network: (item) => `Close the open ports on ${subject(item)}`,
  watch,
  instance: (item) => `Check ${subject(item)}`,
  other: (item) => `Check ${subject(item)}`,
  secret,
};

/** What to do: `Rotate secret warehouse/reader`. */
export const actionOf = (item: RemedyItem): string => ACTIONS[item.need]?.(item) ?? `Check ${subject(item)}`;

const INSPECTING = /^aws \S+ (get|list|describe|head|lookup|batch-get)-/;

/** Whether a command only reads. */
export const inspects = (command: string): boolean => INSPECTING.test(command);
