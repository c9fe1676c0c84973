// Above the timeline of one session: whose it is.

import { type ComponentChildren, Fragment } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { SessionRow } from "../api/types";
import { Chips } from "../components/badge";
import { NoteBar } from "../components/notes";
import { Pivot } from "../components/pivot";
import { Text } from "../components/text";
import { count, counted, day, duration, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { shortRole, signedIn } from "../lib/session";
import { middle } from "../lib/text";

const FEW_ADDRESSES = 6;

export function SessionHead({ id }: { id: string }) {
  const { data } = useAsked(id, (signal) => api.sessionsOf([id], signal));
  const [row] = data ?? [];
  const [all, setAll] = useState(false);
  if (!row) return null;
  return (
    <section class={`session-head ${all ? "" : "session-brief"}`} aria-label="Session">
      <Fact name="Who">{row.principal ? <Pivot of="principal" value={row.principal} tabs /> : "–"}</Fact>
      <Fact name="Account">
        <span class="num">{row.account_id ?? "–"}</span>
      </Fact>
      <Fact name="When (UTC)">
        <span class="num">{moment(row.first_time)}</span> {`for ${duration(row.seconds)}`}
      </Fact>
      <Fact name="From">
        <span class="num">
          {row.ips.length === 0 && "–"}
          {row.ips.slice(0, FEW_ADDRESSES).map((ip) => (
            <Fragment key={ip}>
              <Pivot of="ip" value={ip} tabs />{" "}
            </Fragment>
          ))}
          {row.ips.length > FEW_ADDRESSES && <Text value={`+${count(row.ips.length - FEW_ADDRESSES)}`} />}
        </span>
      </Fact>
      <Fact name="Signed in">{signedIn(row)}</Fact>
      <Fact name="Events → clicks">
        <span class="num">{`${count(row.events)} → ${count(row.clicks)}`}</span>
      </Fact>
      {row.stands_out.length > 0 && (
        <Fact name="Stands out" wide>
          <Chips values={row.stands_out} max={all ? row.stands_out.length : 5} />
        </Fact>
      )}
      <NoteBar target={{ type: "session", id }} label="this session" />
      <button type="button" class="link session-all" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? "Less" : "More"}
      </button>
    </section>
  );
}

const FEW_PRINCIPALS = 3;

/** Above the timeline of several sessions: whose they are, when, and from where. */
export function SessionsHead({ rows, all }: { rows: readonly SessionRow[]; all: number }) {
  const names = [...new Set(rows.map((row) => row.principal ?? "unknown"))];
  const ips = [...new Set(rows.flatMap((row) => row.ips))];
  const first = rows.map((row) => row.first_time).sort()[0];
  const last = rows
    .map((row) => row.last_time)
    .sort()
    .at(-1);
  const sum = (of: (row: SessionRow) => number | null) => rows.reduce((total, row) => total + (of(row) ?? 0), 0);
  if (!first || !last) return null;
  return (
    <section class="session-head session-brief" aria-label="Sessions">
      <Fact name="Sessions">
        <strong>{count(all)}</strong>
        {rows.length < all && ` (the first ${count(rows.length)} are summarized)`}
      </Fact>
      <Fact name="Who">
        {names.slice(0, FEW_PRINCIPALS).map((name) => (
          <Fragment key={name}>
            <Pivot of="principal" value={name} text={middle(shortRole(name), 36)} tabs />{" "}
          </Fragment>
        ))}
        {names.length > FEW_PRINCIPALS &&
          `and ${counted(names.length - FEW_PRINCIPALS, "more identity", "more identities")}`}
      </Fact>
      <Fact name="When (UTC)">
        <span class="num">{`${moment(first).slice(0, 19)} → ${moment(last).slice(day(first) === day(last) ? 11 : 0, 19)}`}</span>
      </Fact>
      <Fact name="From">
        <span class="num">
          {ips.slice(0, FEW_ADDRESSES).map((ip) => (
            <Fragment key={ip}>
              <Pivot of="ip" value={ip} tabs />{" "}
            </Fragment>
          ))}
          {ips.length > FEW_ADDRESSES && `+${count(ips.length - FEW_ADDRESSES)}`}
        </span>
      </Fact>
      <Fact name="Events">
        <span class="num">{count(sum((row) => row.events))}</span>
      </Fact>
      <Fact name="Findings">
        <span class="num">{count(sum((row) => row.findings))}</span>
        {sum((row) => row.attempts) > 0 &&
          `, ${counted(
            sum((row) => row.attempts),
            "attempt",
          )}`}
      </Fact>
    </section>
  );
}

const Fact = ({ name, children, wide = false }: { name: string; children: ComponentChildren; wide?: boolean }) => (
  <div class={wide ? "fact fact-wide" : "fact"}>
    <span class="fact-name">{name}</span>
    <span class="fact-value">{children}</span>
  </div>
);
