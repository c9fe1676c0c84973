// Above the timeline of one session: who is behind it, what it created, and who used that.

import { Fragment } from "preact";
import { api } from "../api/client";
import type { Actor } from "../api/types";
import { Pivot, Thing } from "../components/pivot";
import { bytes, count, counted, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { follow } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { shortened, visible } from "../lib/text";
import { Graph } from "./graph";

const FEW = 20;
const FEW_IN_LINE = 3;

export function ActorPanel({ id }: { id: string }) {
  const { data } = useAsked(id, (signal) => api.actor(id, signal));
  if (!data) return null;
  const { behind, led_to, made, data_out, links = [] } = data;
  // A short chain is drawn instead of described in text.
  const drawn = links.length > 0 && links.length <= FEW_IN_LINE;
  const origins = behind.filter((each) => each.is_origin);
  const downloads = data_out.filter((each) => each.how === "downloaded");
  const others = data_out.filter((each) => each.how !== "downloaded");
  if (origins.length + led_to.length + made.length + data_out.length === 0) return null;
  return (
    <section class="actor" aria-label="Actor">
      {drawn && <Graph links={links} session={id} />}
      {!drawn && origins.length > 0 && (
        <Line name="Origin">
          {origins.slice(0, FEW_IN_LINE).map((each) => (
            <Chain key={each.session_id + each.path} path={each.path} session={each.session_id} who={each.principal} />
          ))}
          <Rest all={origins.length} />
        </Line>
      )}
      {led_to.length > 0 && (
        <Line name={drawn ? "" : "Led to"}>
          {(drawn ? [] : led_to).slice(0, FEW_IN_LINE - 1).map((each, index) => (
            <Fragment key={each.session_id + each.path}>
              {index > 0 && "; "}
              <Chain path={each.path} session={each.session_id} who={each.principal} last />{" "}
              <span class="muted">{counted(each.events, "event")}</span>
            </Fragment>
          ))}
          {!drawn && (
            <>
              <Rest all={led_to.length + 1} />{" "}
            </>
          )}
          <Pivot of="actor" value={id} text="Everything by this actor" tabs />
        </Line>
      )}
      {downloads.length > 0 && (
        <Line name="Downloaded">
          {downloads.slice(0, FEW_IN_LINE).map((each, index) => (
            <span key={each.source}>
              {index > 0 && "; "}
              {`${counted(each.objects ?? each.events, "object")}, ${bytes(each.bytes_out)} from `}
              <Thing type="bucket" value={each.source ?? "unknown"} />
            </span>
          ))}
          <Rest all={downloads.length} />
        </Line>
      )}
      {others.length > 0 && (
        <Line name="Data out">
          {others.slice(0, FEW_IN_LINE).map((each, index) => (
            <span key={each.how + each.source}>
              {index > 0 && "; "}
              {`${each.how === "policy" ? "policy on" : visible(each.how)} ${visible(shortened(each.source ?? "", 120))}${each.events > 1 ? ` (${counted(each.events, "event")})` : ""}`}
            </span>
          ))}
          <Rest all={others.length} />
        </Line>
      )}
      {!drawn && links.length > 0 && <Graph links={links} session={id} />}
      {made.length > 0 && <Made made={made} />}
    </section>
  );
}

const Line = ({ name, children }: { name: string; children: preact.ComponentChildren }) => (
  <div class="actor-line">
    <span class="fact-name">{name}</span> <span class="fact-value">{children}</span>
  </div>
);

const Rest = ({ all }: { all: number }) =>
  all > FEW_IN_LINE ? <span class="more">{`; ${count(all - FEW_IN_LINE)} more `}</span> : null;

/** `nadia > CreateAccessKey AKIA... > svc-backup`, where the other end links to its session. */
function Chain({
  path,
  session,
  who,
  last = false,
}: {
  path: string;
  session: string;
  who: string | null;
  last?: boolean;
}) {
  const name = who ?? "unknown";
  const rest = last ? path.slice(0, path.length - name.length) : path.slice(name.length);
  const link = <Pivot of="session" value={session} text={shortPrincipal(name)} tabs />;
  const middle = <span class="mono">{visible(shortened(rest, 400))}</span>;
  return (
    <span class="chain">
      {last ? middle : link}
      {last ? link : middle}
    </span>
  );
}

/** The lasting resources that it created, starting with those that somebody used. */
function Made({ made }: { made: Actor["made"] }) {
  const used = made.filter((each) => each.uses !== null);
  const rows = [...used, ...made.filter((each) => each.uses === null)];
  return (
    <details class="made">
      <summary>{`Created ${counted(made.length, "resource")}${used.length > 0 ? `, ${count(used.length)} of them used later` : ""}`}</summary>
      <ul>
        {rows.slice(0, FEW).map((each) => (
          <li key={each.event_id + each.entity_type + each.name}>
            <Thing type={each.entity_type} value={each.name} />{" "}
            <a
              class="muted"
              href={`/timeline?${new URLSearchParams({ search: each.event_id, open: each.event_id })}`}
              onClick={follow}
            >
              {`${visible(each.event_key)} ${moment(each.event_time)}`}
            </a>
            {each.uses !== null && <strong>{` used in ${counted(each.uses, "event")}`}</strong>}
          </li>
        ))}
      </ul>
      {rows.length > FEW && (
        <p class="muted">{`${count(rows.length - FEW)} more; to show them, select create under Kind.`}</p>
      )}
    </details>
  );
}
