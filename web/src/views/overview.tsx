// The first page: what happened, in sentences with their evidence, and a chart.

import { api } from "../api/client";
import type { OpenNeed, OverviewActor } from "../api/types";
import { Problem } from "../components/problem";
import { clock, count, counted, day, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { useNotes } from "../lib/notes";
import { change, follow, type Place } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { type ActorStory, actorHref, type Evidence, type Sentence, stillOpen, story } from "../lib/story";
import { shortened, visible } from "../lib/text";
import { Picture } from "../overview/picture";

export function Overview({ place: { params } }: { place: Place }) {
  const { data, error, again } = useAsked("overview", (signal) => api.overview(signal));
  const open = useAsked(data ? "open" : null, (signal) => api.open(signal));
  const zoom = (from: string | null, to: string | null) =>
    change((all) => {
      for (const [key, value] of [
        ["from", from],
        ["to", to],
      ] as const)
        value ? all.set(key, value) : all.delete(key);
    }, true);
  if (error) return <Problem error={error} again={again} />;
  const dated = new Set(data?.actors.flatMap((actor) => [day(actor.first_time), day(actor.last_time)])).size > 1;
  const { told, others } = data ? story(data) : { told: [], others: [] };
  return (
    <div class="view view-overview">
      <h1 class="visually-hidden">Overview</h1>
      {!data && <p class="waiting">Reading the case …</p>}
      {data && told.length === 0 && <Nothing all={data.all_actors} />}
      {told.map((actor) => (
        <Actor key={actor.actor.place} story={actor} dated={dated} />
      ))}
      {data && <Open needs={open.data} error={open.error} dated={dated} />}
      {data && <Picture from={params.get("from")} to={params.get("to")} onZoom={zoom} />}
      {others.length > 0 && <Others actors={others} />}
      <Starred />
    </div>
  );
}

const Nothing = ({ all }: { all: number }) => (
  <p class="story">
    {`Nothing stands out in the sessions of ${counted(all, "identity", "identities")}. This does not rule out an incident; see also `}
    <a href="/sessions?console=all" onClick={follow}>
      all sessions
    </a>
    {" and "}
    <a href="/hunts" onClick={follow}>
      the hunts
    </a>
    {"."}
  </p>
);

interface ActorProps {
  story: ActorStory;
  /** Whether the case spans several days, so that times need dates. */
  dated: boolean;
}

const Actor = ({ story: { actor, lead, href, sentences }, dated }: ActorProps) => (
  <section class="story" aria-label={`What ${visible(shortened(actor.actor, 100))} did`}>
    <h2 class="story-who">
      <a href={href} onClick={follow}>
        {visible(shortened(shortPrincipal(actor.actor), 120))}
      </a>{" "}
      <span class="story-lead">{visible(shortened(lead, 700))}</span>
    </h2>
    <dl class="sentences">
      {sentences.map((sentence) => (
        <Told key={sentence.title} sentence={sentence} dated={dated} />
      ))}
    </dl>
  </section>
);

/** A sentence and its evidence. */
const Told = ({ sentence: { title, text, strong, evidence, rest }, dated }: { sentence: Sentence; dated: boolean }) => (
  <div class={`sentence ${strong ? "sentence-strong" : ""}`}>
    <dt>{title}</dt>
    <dd>
      {text && <span class="sentence-text">{visible(shortened(text, 1000))}</span>}
      <ul class="evidence">
        {evidence.map((each) => (
          <EvidenceLine key={each.href + each.text} evidence={each} dated={dated} />
        ))}
        {rest && (
          <li>
            {rest.href ? (
              <a href={rest.href} onClick={follow}>
                {rest.text}
              </a>
            ) : (
              <span class="muted">{rest.text}</span>
            )}
          </li>
        )}
      </ul>
    </dd>
  </div>
);

const EvidenceLine = ({ evidence: { time, text, href }, dated }: { evidence: Evidence; dated: boolean }) => (
  <li>
    <a href={href} onClick={follow} title={`${moment(time)} UTC`}>
      <span class="num">{dated ? moment(time).slice(5, 19) : clock(time).slice(0, 8)}</span>{" "}
      {visible(shortened(text, 170))}
      {text.length > 170 && "…"}
    </a>
  </li>
);

interface OpenProps {
  dated: boolean;
  needs: OpenNeed[] | undefined;
  error: unknown;
}

/** What no call in the case ended. */
function Open({ needs, error, dated }: OpenProps) {
  if (error) return <Problem error={error} />;
  if (!needs) return <p class="waiting">Searching for changes that are still in effect …</p>;
  const open = stillOpen(needs);
  return (
    <section class="story story-open" aria-label="Still in effect">
      <h2 class="story-who">
        Still in effect{" "}
        <span class="story-lead">
          {open.length > 0
            ? "as far as this case shows: it contains no call that undid or deleted the following. Run cartographer report for the commands to review them."
            : "As far as this case shows, nothing that was created, granted, shared or stopped is still in effect."}
        </span>
      </h2>
      <dl class="sentences sentences-open">
        {open.map((sentence) => (
          <Told key={sentence.title} sentence={sentence} dated={dated} />
        ))}
      </dl>
    </section>
  );
}

const MOST_OTHERS = 24;

/** One line per actor: they were in the console, or something less severe stands out. */
const Others = ({ actors }: { actors: readonly OverviewActor[] }) => (
  <section class="story" aria-label="Others">
    <h2 class="story-who">
      Others{" "}
      <span class="story-lead">
        who used the console, or whose sessions contain less severe activity that stands out
      </span>
    </h2>
    <ul class="others">
      {actors.slice(0, MOST_OTHERS).map((actor) => (
        <li key={actor.place}>
          <a href={actorHref(actor)} onClick={follow}>
            {visible(shortened(shortPrincipal(actor.actor), 80))}
          </a>{" "}
          <span class="muted">
            {`${counted(actor.sessions, "session")}, ${counted(actor.events, "event")}, ${counted(actor.findings, "finding")}` +
              `${actor.attempts > 0 ? `, ${count(actor.attempts)} tried` : ""}, ${day(actor.first_time)}`}
          </span>
        </li>
      ))}
    </ul>
    {actors.length > MOST_OTHERS && (
      <a href="/sessions" onClick={follow}>
        {`${count(actors.length - MOST_OTHERS)} more in the session list`}
      </a>
    )}
  </section>
);

/** What analysts have marked. */
function Starred() {
  const { answer } = useNotes();
  const notes = answer?.notes.filter((note) => note.target) ?? [];
  if (notes.length === 0) return null;
  return (
    <p class="story">
      <a href="/notes" onClick={follow}>
        {counted(notes.length, "note")}
      </a>
      {" by analysts; see "}
      <a href="/timeline?noted=any" onClick={follow}>
        the rows with notes
      </a>
      {" in the timeline."}
    </p>
  );
}
