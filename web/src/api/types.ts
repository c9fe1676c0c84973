// The server's responses. Times are RFC 3339 strings in UTC; missing values are null.

export type Show = "click" | "command" | "background" | "residual" | "found" | "programmatic" | "aggregated";
export type Outcome = "ok" | "failed" | "denied";
export type Order = "asc" | "desc";

/** One page of rows, and the total number of rows. */
export interface Page<Row> {
  total: number;
  rows: Row[];
}

/** One page of lines, and the number of rows in all lines. */
export interface LinePage extends Page<TimelineRow> {
  all: number;
}

/** What went wrong, and what to do about it. */
export interface Problem {
  error: string;
  advice: string;
}

export interface CaseSummary {
  file: string;
  tool_version: string;
  case: Record<string, string>;
  events: number;
  console_events: number;
  signals: number;
  sessions: number;
  console_sessions: number;
  first_time: string | null;
  last_time: string | null;
  load: Record<string, number>;
  /** The names of ATT&CK techniques, by ID. */
  techniques?: Record<string, string>;
  /** What one and several events with a reason are called. */
  reasons?: ReasonWords[];
}

export interface CasesAnswer {
  /** Whether the file that is shown has been replaced by another one. */
  replaced: boolean;
  cases: { file: string; address: string; current: boolean }[];
}

/** One row of the `session_summary` view. */
export interface SessionRow {
  session_id: string;
  account_id: string | null;
  identity_type: string | null;
  principal: string | null;
  principal_arn: string | null;
  session_created: string | null;
  console: boolean;
  first_time: string;
  last_time: string;
  ips: string[];
  regions: string[];
  user_agents: string[];
  mfa: boolean | null;
  events: number;
  console_events: number;
  explained_events: number;
  unexplained_events: number;
  signals: number | null;
  seconds: number;
  services: string[];
  pages: number;
  clicks: number;
  changes: number;
  secrets: number;
  denied: number;
  failed: number;
  /** A higher value means that more stands out. */
  weight: number | null;
  findings: number | null;
  attempts: number | null;
  privilege_changes: number | null;
  credentials_made: number | null;
  defenses_weakened: number | null;
  data_exposed: number | null;
  secrets_read: number | null;
  destroyed: number | null;
  stands_out: string[];
}

/** Who is behind a session, what it created, and who used that. */
export interface Actor {
  session_id: string;
  principal: string | null;
  behind: { session_id: string; principal: string | null; path: string; is_origin: boolean }[];
  used: CredentialLink[];
  led_to: {
    session_id: string;
    principal: string | null;
    path: string;
    first_time: string;
    events: number;
    ips: string[];
  }[];
  made: {
    event_time: string;
    event_id: string;
    event_key: string;
    entity_type: string;
    name: string;
    uses: number | null;
  }[];
  data_out: { how: string; source: string | null; objects: number | null; bytes_out: number | null; events: number }[];
  /** Who created which credential, and who used it, among all related sessions. */
  links?: ActorLink[];
}

export interface ActorLink {
  method: string;
  credential_type: string;
  credential: string;
  event_id: string;
  maker_session_id: string;
  maker: string | null;
  session_id: string;
  user: string | null;
  uses: number;
}

export interface CredentialLink {
  method: string;
  credential_type: string;
  credential: string;
  made_at: string;
  event_id: string;
  maker_session_id: string;
  maker: string | null;
}

/** One row of the `timeline` view: a signal, or an event without a signal. */
export interface TimelineRow {
  time: string;
  last_time: string;
  entry: "signal" | "event";
  class: string;
  session_id: string | null;
  account_id: string | null;
  principal: string | null;
  region: string | null;
  kind: string | null;
  service: string | null;
  title: string | null;
  summary: string | null;
  confidence: number | null;
  origin: string | null;
  events: number;
  id: string;
  url: string | null;
  error_code: string | null;
  source_ip?: string | null;
  attack?: string[] | null;
  /** For a line: the number of rows in it, and how many of them failed. */
  rows?: number;
  failed?: number;
}

/** A timeline row in which an entity was seen or touched, and what was done with the entity. */
export interface SeenRow extends TimelineRow {
  touched: boolean;
  relations: string[];
}

/** Rows in the history of one entity, and the number of rows for each principal and relation. */
export interface SeenPage extends Page<SeenRow> {
  principals: Count[];
  relations: Count[];
}

export interface Bin {
  time: string;
  clicks: number;
  changes: number;
  events: number;
}

export interface Density {
  from: string | null;
  to: string | null;
  bins: Bin[];
}

export interface ReasonWords {
  reason: string;
  one: string;
  many: string;
}

export interface Count {
  value: string | null;
  count: number;
}

export type FacetName =
  | "services"
  | "kinds"
  | "techniques"
  | "regions"
  | "principals"
  | "addresses"
  | "keys"
  | "calls"
  | "agents"
  | "reasons"
  | "notable"
  | "entity_types"
  | "outcomes"
  | "classes";

/** For a reason, also the events that stand out: those that succeeded, and those that were denied or failed. */
export interface ReasonCount extends Count {
  done: number | null;
  tried: number | null;
}

export type Facets = Record<Exclude<FacetName, "reasons">, Count[]> & {
  reasons: ReasonCount[];
  /** The number of rows outside the console in the whole case: `all`, and those that stand out (`found`). */
  programs?: Count[];
};

export interface Entity {
  entity_type: string;
  entity_value: string;
}

export interface SignalDetail {
  signal: {
    signal_id: string;
    session_id: string;
    rule_id: string;
    kind: string;
    service: string;
    title: string;
    summary: string;
    url: string | null;
    region: string | null;
    confidence: number;
    origin: string;
    first_time: string;
    last_time: string;
    event_count: number;
    attack: string[] | null;
    matched: string[] | null;
    missing: string[] | null;
    context: string | null;
  };
  rule: { rule_id: string; title: string; console_path: string[] | null; file: string | null } | null;
  entities: Entity[];
  calls: CallGroup[];
  why: string[];
}

/** The events of a signal that have the same call. */
export interface CallGroup {
  event_key: string;
  events: number;
  first_time: string;
  writes: boolean | null;
  failed: number;
  errors: string[] | null;
  roles: string[];
}

/** One row of a reconstructed screen. */
export interface ScreenRow {
  kind: "user" | "bucket" | "instance";
  name: string;
  cells: ScreenCell[];
}

export interface ScreenCell {
  col: string;
  value: string;
  event_id: string;
  /** Whether the value comes from the page's own request, an earlier change, or an earlier use. */
  source: "page" | "change" | "use";
}

export interface SignalEvent {
  event_id: string;
  event_time: string;
  event_key: string;
  role: string;
  source_ip: string | null;
  user_agent: string | null;
  error_code: string | null;
  region: string | null;
  read_only: boolean | null;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface EventDetail {
  event: Json;
  facts: EventFacts | null;
  signal_id: string | null;
  session_id: string | null;
  source_file: string | null;
}

/** What an event is about, in addition to its record. */
export interface EventFacts {
  summary: string | null;
  event_key: string | null;
  outcome: string | null;
  principal: string | null;
  source_ip: string | null;
  access_key_id: string | null;
  user_agent: string | null;
  request_id: string | null;
  error_code: string | null;
  classes: string[];
  entities: (Entity & { relation: string })[];
}

export interface EntityRow extends Entity {
  principals: string[];
  first_time: string;
  last_time: string;
  sightings: number;
  /** The number of calls that changed it, that would have changed it but failed, and that read it. */
  changes: number;
  attempts: number;
  reads: number;
  touches: number;
  touched: boolean;
  sessions: number;
  weight: number;
}

export interface HuntParam {
  name: string;
  kind: string;
  default: string;
  meaning: string;
}

export interface Hunt {
  id: string;
  title: string;
  tactic: string;
  techniques: string[];
  hit: string;
  false_positives: string;
  params: HuntParam[];
  sql: string;
}

export interface SqlAnswer {
  columns: { name: string; type: string }[];
  rows: Json[][];
  truncated: boolean;
  elapsed_ms: number;
}

export interface CoverageNumbers {
  clicks: number;
  on_known_page: number;
  high_confidence: number;
  mean_confidence: number | null;
  visits: number;
  generic_changes: number;
  commands: number;
  console_events: number;
  background_events: number;
  unexplained_events: number;
}

export interface CoverageRow extends CoverageNumbers {
  session_id?: string;
  account_id?: string | null;
  principal?: string | null;
  service?: string;
}

export interface Coverage {
  totals: CoverageNumbers;
  rows: CoverageRow[];
}

export interface HuntHits {
  id: string;
  hits: number;
  /** The first rows. */
  rows: Record<string, Json>[];
}

/** The data that the overview's sentences are made from. */
export interface Overview {
  actors: OverviewActor[];
  notable_actors: number;
  all_actors: number;
  sign_ins: SignIn[];
  keys: {
    place: number;
    key: string;
    principal: string | null;
    events: number;
    first_ip: string | null;
    first_time: string;
    last_time: string;
  }[];
  addresses: OverviewAddress[];
  found: Found[];
  links: OverviewLink[];
  data_out: DataOut[];
  commands: OverviewCommands[];
  patterns: OverviewPattern[];
  consoles: OverviewConsole[];
  balance: OverviewBalance[];
  looked: OverviewLooked[];
}

/** What an actor created, and what it did to that. */
export interface OverviewBalance {
  place: number;
  /** Events that took, shared, weakened or destroyed something, and those that concern only what the same actor had created. */
  harmed: number;
  harmed_own: number;
  /** Events that opened something to the outside, and those whose effect ended in the case. */
  opened: number;
  closed: number;
  closed_at: string | null;
  /** Resources, and those that a later event in the case deleted. */
  created: number;
  deleted: number;
  deleted_at: string | null;
  /** Secrets of which Secrets Manager deleted a version, although no request in the case deleted them. */
  by_service: string[];
  /** Resources without a deletion in the case, at most 8 names of each type. */
  left_over: { entity_type: string; resources: number; names: string[] }[];
}

/** A console page, or a call by which a program read something before its first change. */
export interface OverviewLooked {
  place: number;
  how: "console" | "program";
  name: string | null;
  times: number;
  first_time: string;
  before: string | null;
  rank: number;
}

/** An address, and what it was used for. */
export interface OverviewAddress {
  place: number;
  ip: string;
  events: number;
  first_time: string;
  last_time: string;
  uses: { use: string; name: string | null; who: string | null; events: number }[];
}

/** What several events show together. */
export interface OverviewPattern {
  actor_place: number;
  pattern: string;
  first_time: string;
  last_time: string;
  principal: string | null;
  what: string;
  resources: number;
  own_resources: number;
  events: number;
  session_id: string;
  event_id: string;
}

/** A console session of an actor. */
export interface OverviewConsole {
  place: number;
  session_id: string;
  principal: string | null;
  first_time: string;
  last_time: string;
  ips: string[];
  ip_count: number;
  mfa: boolean | null;
  events: number;
  clicks: number;
  findings: number;
  signed_in_at: string | null;
  way: string | null;
  event_id: string | null;
  /** When the last background request was sent, if that was later. */
  open_until: string | null;
  /** Clicks and commands by kind. */
  pages: number;
  changes: number;
  secrets: number;
  commands: number;
}

/** The commands that an actor typed in the console: the number, and the first ones. */
export interface OverviewCommands {
  place: number;
  commands: number;
  time: string;
  what: (string | null)[];
}

/** A sentence about an actor, with what it is about. */
export interface Fact {
  kind:
    | "failed sign-ins"
    | "program sign-in"
    | "clients"
    | "first seen"
    | "seen before"
    | "key created"
    | "password set"
    | "password of new user"
    | "private addresses"
    | "no data events"
    | "logging"
    | "case ends";
  text: string;
  time: string | null;
  /** The user or identity. */
  name: string | null;
  number: number | null;
  event_id: string | null;
  /** When it ended, and for failed sign-ins, when the next one succeeded. */
  until: string | null;
  /** What to add to a sentence about its event or user. */
  later: string | null;
}

export interface OverviewActor {
  facts?: Fact[];
  place: number;
  actor: string;
  account_id: string | null;
  weight: number;
  sessions: number;
  console_sessions: number;
  session_id: string;
  /** Its sessions in order of time, at most 24. */
  session_ids: string[];
  principals: string[];
  principal_count: number;
  ips: string[];
  ip_count: number;
  user_agents: string[];
  identity_types: string[] | null;
  first_time: string;
  last_time: string;
  events: number;
  clicks: number;
  findings: number;
  attempts: number;
  denied: number;
}

export interface SignIn {
  place: number;
  time: string;
  event_id: string;
  session_id: string;
  principal: string | null;
  way: string;
  result: string | null;
  failure: string | null;
  mfa: boolean | null;
  source_ip: string | null;
  failures_before: number;
}

/** Similar events by one actor. */
export interface Found {
  actor_place: number;
  reason: string;
  effect: string | null;
  object: string | null;
  event_key: string;
  done: boolean;
  denied: boolean;
  /** Whether it gave administrator permissions. */
  administrator: boolean;
  /** Whether it concerns only what the same actor had created earlier in the case. */
  own: boolean;
  /** The type of resource that it concerns. */
  thing: string | null;
  events: number;
  targets: number;
  time: string;
  last_time: string;
  event_id: string;
  session_id: string;
  what: string | null;
  /** How many of the events a later event in the case undid, or deleted everything that they concern. */
  ended: number;
  ended_at: string | null;
  /** Whether all of them ended because what they concern was deleted. */
  deleted: boolean;
  /** Whether one of them opened something to everyone, to another account or to any address. */
  outside: boolean;
  /** Whether all of them failed because what they concern did not exist. */
  missing: boolean;
  principals: string[];
}

export interface OverviewLink extends ActorLink {
  place: number;
  made_at: string;
  first_use: string;
  ips: string[] | null;
  ip_count: number | null;
}

export interface DataOut {
  place: number;
  how: string;
  source: string | null;
  objects: number | null;
  bytes_out: number | null;
  events: number;
  first_time: string;
  last_time: string;
  session_id: string;
  principal: string | null;
}

/** What the report recommends to contain or undo. */
export interface Remedies {
  urgent: number;
  /** Still in effect, but less urgent. */
  other: number;
  ended: number;
  urgent_items: RemedyItem[];
  other_items: RemedyItem[];
  ended_items: RemedyItem[];
  needs: { need: string; all: number; urgent: number; other: number; ended: number }[];
  /** What the most notable identities downloaded, copied or shared. */
  data: DisclosedData[];
}

/** Data that was downloaded from a bucket or shared. `what` is the sentence of the event. */
export interface DisclosedData extends Omit<DataOut, "place"> {
  thing: string | null;
  what: string | null;
  event_id: string | null;
}

export interface RemedyItem {
  need: string;
  what: string;
  time: string;
  principal: string | null;
  events: number;
  event_id: string | null;
  session_id: string | null;
  ended_at: string | null;
  ending: string | null;
  ended_by: string | null;
  /** Whether it ended because what it concerns was deleted. */
  deleted: boolean;
  end_event_id: string | null;
  end_session_id: string | null;
  entities: (Entity & { name: string | null; relation: string })[] | null;
  account_id: string | null;
  region: string | null;
  /** AWS CLI commands to review: the first ones only look, the later ones contain or undo. Not for items that ended. */
  commands?: string[];
  /** What to do, for an item that combines several resources. */
  action?: string | null;
  /** For an access key that was created: the number of calls that it signed, and the last one. */
  uses?: number | null;
  last_used?: string | null;
}

/** Who was active when. Times are seconds since 1970. */
export interface Picture {
  width: number;
  first: number | null;
  last: number | null;
  since: number | null;
  until: number | null;
  /** The starts of the spans in which the identities in focus were active. */
  starts: number[];
  lanes: Lane[];
  cells: PictureCell[];
  marks: PictureMark[];
  all: { bin: number; events: number; marks: number }[];
}

export interface PictureCell {
  lane: number;
  /** The start of the span, or of the span before the pause; null before the first span. */
  start: number | null;
  in_pause: boolean;
  events: number;
}

export interface Lane {
  lane: number;
  identities: number;
  name: string;
  actor: string;
  account_id: string | null;
  session_id: string;
  weight: number;
  sessions: number;
  events: number;
  /** Whether the identities are roles that the actor used. */
  joined: boolean;
  /** At most 24. */
  session_ids: string[];
}

export interface PictureMark {
  lane: number;
  start: number | null;
  in_pause: boolean;
  kind: string | null;
  n: number;
  failed: number;
  id: string;
  session_id: string | null;
  what: string | null;
  second: number;
}

export type NoteKind = "star" | "tag" | "comment" | "view" | "query";

export interface NoteTarget {
  type: "click" | "event" | "entity" | "session";
  id: string;
  entity_type?: string;
}

export interface Note {
  id: string;
  kind: NoteKind;
  target?: NoteTarget;
  text?: string;
  place?: string;
  author: string;
  created: string;
  changed: string;
  /** What the note is about, according to the case; null if it is not in the case. */
  row_id: string | null;
  session_id: string | null;
  principal: string | null;
  time: string | null;
  what: string | null;
}

export interface NotesAnswer {
  author: string;
  file: string;
  /** The number of lines in the file that are not notes. */
  unread: number;
  notes: Note[];
}

/** A new note, a note's new text, or a note to delete. */
export interface NoteChange {
  id?: string;
  kind?: NoteKind;
  target?: NoteTarget;
  text?: string;
  place?: string;
  delete?: boolean;
}
