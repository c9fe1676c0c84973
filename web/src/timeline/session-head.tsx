// Above the timeline of one session: whose it is.

import { type ComponentChildren, Fragment } from "preact";
import { api } from "../api/client";
import { Chips } from "../components/badge";
import { NoteBar } from "../components/notes";
import { Pivot } from "../components/pivot";
import { Text } from "../components/text";
import { count, duration, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { signedIn } from "../lib/session";

const FEW_ADDRESSES = 6;

export function SessionHead({ id }: { id: string }) {
  const { data } = useAsked(id, (signal) => api.sessions({ search: id, console: "all", offset: 0, limit: 1 }, signal));
  const row = data?.rows.find((each) => each.session_id === id);
  if (!row) return null;
  return (
    <section class="session-head" aria-label="Session">
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
        <Fact name="Stands out">
          <Chips values={row.stands_out} max={12} />
        </Fact>
      )}
      <NoteBar target={{ type: "session", id }} label="this session" />
    </section>
  );
}

const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div class="fact">
    <span class="fact-name">{name}</span>
    <span class="fact-value">{children}</span>
  </div>
);
