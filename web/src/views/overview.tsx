// The first page: what happened, in sentences with their evidence, and a chart.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { OverviewActor, Overview as OverviewData, Remedies } from "../api/types";
import { Problem } from "../components/problem";
import { inspects } from "../lib/action";
import { copy } from "../lib/announce";
import { containment, type Item, type KindOfItems } from "../lib/containment";
import { undated } from "../lib/facts";
import { clock, count, counted, day, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { useKept } from "../lib/kept";
import { useNotes } from "../lib/notes";
import { change, follow, type Place } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { type ActorStory, actorHref, type Evidence, outline, type Sentence, story } from "../lib/story";
import { listed, shortened, visible } from "../lib/text";
import { Picture } from "../overview/picture";

export function Overview({ place: { params } }: { place: Place }) {
  const { data, error, again } = useAsked("overview", () => api.overview());
  const open = useAsked(data ? "open" : null, () => api.open());
  const [drawn, setDrawn] = useState(false);
  const view = useKept("overview", drawn && !open.loading);
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
  const [first, ...rest] = told;
  const ready = data !== undefined;
  return (
    <div class="view view-overview" ref={view}>
      <h1 class="visually-hidden">Overview</h1>
      {!ready && <p class="waiting">Reading the case …</p>}
      {ready && told.length === 0 && <Nothing all={data.all_actors} />}
      {first && <Actor story={first} dated={dated} />}
      {ready && <Contain remedies={open.data} error={open.error} told={told} dated={dated} />}
      {rest.map((actor) => (
        <Actor key={actor.actor.place} story={actor} dated={dated} />
      ))}
      {data && <Picture from={params.get("from")} to={params.get("to")} onZoom={zoom} onDrawn={() => setDrawn(true)} />}
      {data && others.length > 0 && <Others actors={others} overview={data} />}
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
    <Sentences sentences={sentences.filter(({ background }) => !background)} dated={dated} />
    <Background sentences={sentences.filter(({ background }) => background)} dated={dated} />
  </section>
);

interface SentencesProps {
  sentences: readonly Sentence[];
  dated: boolean;
}

const Sentences = ({ sentences, dated }: SentencesProps) => (
  <dl class="sentences">
    {sentences.map((sentence) => (
      <Told key={sentence.title} sentence={sentence} dated={dated} />
    ))}
  </dl>
);

/** What the story is complete without, folded. */
const Background = ({ sentences, dated }: SentencesProps) =>
  sentences.length > 0 ? (
    <details class="story-background">
      <summary>{`Background: ${listed(sentences.map(({ title }) => title.toLowerCase()))}`}</summary>
      <Sentences sentences={sentences} dated={dated} />
    </details>
  ) : null;

/** A sentence and its evidence. */
const Told = ({ sentence, dated }: { sentence: Sentence; dated: boolean }) => {
  const { title, text, strong, lines = [], folded = false, evidence, more, inside, rest } = sentence;
  return (
    <div class={`sentence ${strong ? "sentence-strong" : ""}`}>
      <dt>{title}</dt>
      <dd>
        {text && <span class="sentence-text">{visible(shortened(text, 1000))}</span>}
        <ul class="evidence">
          {folded ? (
            <Folded inside={inside}>
              <Lines lines={lines} />
            </Folded>
          ) : (
            <Lines lines={lines} />
          )}
          {evidence.map((each) => (
            <EvidenceLine key={each.href + each.text} evidence={each} dated={dated} />
          ))}
          {more.length > 0 && (
            <Folded inside={inside}>
              {more.map((each) => (
                <EvidenceLine key={each.href + each.text} evidence={each} dated={dated} />
              ))}
              {rest && <Rest {...rest} />}
            </Folded>
          )}
          {rest && more.length === 0 && <Rest {...rest} />}
        </ul>
      </dd>
    </div>
  );
};

/** A folded list, and what is inside. */
const Folded = ({ inside, children }: { inside: string; children: ComponentChildren }) => (
  <li>
    <details class="evidence-more">
      <summary>{visible(shortened(inside, 700))}</summary>
      <ul class="evidence">{children}</ul>
    </details>
  </li>
);

const Lines = ({ lines }: { lines: readonly string[] }) => (
  <>
    {lines.map((line) => (
      <li key={line}>{visible(shortened(line, 500))}</li>
    ))}
  </>
);

const Rest = ({ text, href }: { text: string; href: string }) => (
  <li>
    <a href={href} onClick={follow}>
      {text}
    </a>
  </li>
);

const EvidenceLine = (props: { evidence: Evidence; dated: boolean }) => (
  <li>
    <EvidenceLink {...props} />
  </li>
);

/** The longest text of a link. Patterns and sessions are described in full. */
const LONGEST = 420;

const EvidenceLink = ({ evidence: { time, text, href }, dated }: { evidence: Evidence; dated: boolean }) => (
  <a href={href} onClick={follow} title={time && `${moment(time)} UTC`}>
    {time && <span class="num">{`${dated ? moment(time).slice(5, 19) : clock(time).slice(0, 8)} `}</span>}
    {visible(shortened(dated || !time ? text : undated(text, day(time)), LONGEST))}
  </a>
);

interface ContainProps {
  dated: boolean;
  remedies: Remedies | undefined;
  error: unknown;
  told: readonly ActorStory[];
}

/** What to contain or undo: what to act on first, and the rest folded. */
function Contain({ remedies, error, told, dated }: ContainProps) {
  if (error) return <Problem error={error} />;
  if (!remedies) return <p class="waiting">Searching for changes that are still in effect …</p>;
  const principals = told.flatMap(({ actor }) => [actor.actor, ...actor.principals]);
  const { by, urgent, data, other, ended, others } = containment(remedies, principals);
  const known = new Set(
    told.flatMap(({ sentences }) => sentences.flatMap(({ evidence }) => evidence.map(({ href }) => href))),
  );
  const none = remedies.urgent + remedies.other + remedies.ended + data.length === 0;
  return (
    <section class="story story-open" aria-label="What to contain or undo">
      <h2 class="story-who">
        What to contain or undo{" "}
        <span class="story-lead">
          {none
            ? "This case shows nothing to contain or undo."
            : `according to the events in this case${by === null ? "" : `; all by ${visible(shortened(shortPrincipal(by), 80))}`}`}
        </span>
      </h2>
      {urgent.length > 0 && (
        <>
          <h3>{`Act on first: ${counted(remedies.urgent, "item")}`}</h3>
          <Items
            items={urgent.map((item) => briefly(item, known))}
            left={remedies.urgent - urgent.length}
            dated={dated}
          />
        </>
      )}
      {data.length > 0 && (
        <>
          <h3>{`Assume exfiltrated: ${counted(data.length, "item")}`}</h3>
          <Items items={data} left={0} dated={dated} />
        </>
      )}
      {remedies.urgent === 0 && !none && (
        <p>According to the events in this case, nothing urgent is still in effect.</p>
      )}
      {remedies.other > 0 && (
        <details>
          <summary>
            {visible(`Less urgent: ${counted(remedies.other, "item")}${kindsOf(other)}${byWhom(others)}`)}
          </summary>
          <Kinds kinds={other} dated={dated} />
        </details>
      )}
      {remedies.ended > 0 && (
        <details>
          <summary>{`No longer in effect: ${counted(remedies.ended, "item")}${kindsOf(ended)}`}</summary>
          <Kinds kinds={ended} dated={dated} />
        </details>
      )}
    </section>
  );
}

/** Without what the lines above, which lead to `known` places, already say. */
const briefly = (item: Item, known: ReadonlySet<string>): Item =>
  item.brief && known.has(item.evidence.href) ? { ...item, evidence: { ...item.evidence, text: item.brief } } : item;

const MOST_KINDS = 4;

/** ` (6 roles created and 1 secret to rotate)`, the most frequent kinds first */
function kindsOf(kinds: readonly KindOfItems[]): string {
  const titles = [...kinds].sort((a, b) => b.items - a.items).map(({ title }) => title);
  const some =
    titles.length > MOST_KINDS + 1
      ? [...titles.slice(0, MOST_KINDS), `${count(titles.length - MOST_KINDS)} other kinds`]
      : titles;
  return ` (${listed(some)})`;
}

const MOST_NAMES = 3;

/** `, by ci-deploy and orders-api` */
const byWhom = (principals: readonly string[]) => {
  const names = [...new Set(principals.map((name) => shortened(shortPrincipal(name).split("/")[0] ?? name, 40)))];
  return names.length > 0 ? `, by ${listed(names.slice(0, MOST_NAMES), names.length)}` : "";
};

/** Items by kind. Similar items share a line, which opens. */
const Kinds = ({ kinds, dated }: { kinds: readonly KindOfItems[]; dated: boolean }) => (
  <>
    {kinds.map(({ title, groups, left }) => (
      <section key={title} class="contain-kind">
        <h4>{title}</h4>
        {groups.map((group) =>
          group.title === "" ? (
            <Items key="" items={group.items} left={0} dated={dated} />
          ) : (
            <details key={group.title} class="contain-more">
              <summary>{visible(group.title)}</summary>
              <ul class="contain-items">
                <ItemLines items={group.items} dated={dated} />
              </ul>
            </details>
          ),
        )}
        <Left left={left} />
      </section>
    ))}
  </>
);

const Left = ({ left }: { left: number }) =>
  left > 0 ? (
    <p class="muted">{`${count(left)} more are not listed here; the findings view has all of them.`}</p>
  ) : null;

interface ItemsProps {
  items: readonly Item[];
  /** How many more there are. */
  left: number;
  dated: boolean;
}

const ItemLines = ({ items, dated }: Pick<ItemsProps, "items" | "dated">) => (
  <>
    {items.map((item) => (
      <ItemLine key={item.evidence.href + item.evidence.text + item.action} item={item} dated={dated} />
    ))}
  </>
);

const MOST_ITEMS = 8;

/** `6 more: Rotate secret a, Rotate secret b, Rotate secret c and 3 more` */
function moreOf(rest: readonly Item[]): string {
  const actions = rest.map(({ action, evidence }) => shortened(action || evidence.text, 90));
  return `${count(rest.length)} more: ${listed(actions.slice(0, MOST_NAMES), actions.length)}`;
}

const Items = ({ items, left, dated }: ItemsProps) => {
  const rest = items.slice(MOST_ITEMS);
  return (
    <>
      <ul class="contain-items">
        <ItemLines items={items.slice(0, MOST_ITEMS)} dated={dated} />
      </ul>
      {rest.length > 0 && (
        <details class="contain-more">
          <summary>{visible(moreOf(rest))}</summary>
          <ul class="contain-items">
            <ItemLines items={rest} dated={dated} />
          </ul>
        </details>
      )}
      <Left left={left} />
    </>
  );
};

/** What to do, then what happened. Items that are no longer in effect need no action. */
const ItemLine = ({ item: { action, evidence, commands, end }, dated }: { item: Item; dated: boolean }) => (
  <li>
    {!end && <strong class="contain-action">{visible(shortened(action, 200))}</strong>}
    <div class="contain-what">
      <EvidenceLink evidence={evidence} dated={dated} />
      {end && (
        <>
          {" → "}
          <a href={end.href} onClick={follow}>
            {visible(shortened(end.text, 170))}
          </a>
        </>
      )}
      {commands.length > 0 && <Commands lines={commands} />}
    </div>
  </li>
);

/** The commands to review. The summary says if none of them contains or undoes anything. */
const Commands = ({ lines }: { lines: readonly string[] }) => (
  <details class="contain-commands">
    <summary>{lines.every(inspects) ? "Commands (these only inspect)" : "Commands"}</summary>
    {!lines.every(inspects) && (
      <p class="muted">Review before you run them. The first commands only inspect; the later ones contain or undo.</p>
    )}
    <pre>{lines.map(visible).join("\n")}</pre>
    <button type="button" onClick={() => copy(lines.join("\n"), counted(lines.length, "command"))}>
      Copy
    </button>
  </details>
);

const MOST_OTHERS = 24;

/** One line per actor: they were in the console, or something less severe stands out. */
const Others = ({ actors, overview }: { actors: readonly OverviewActor[]; overview: OverviewData }) => (
  <section class="story" aria-label="Others">
    <h2 class="story-who">
      Others <span class="story-lead">no severe findings</span>
    </h2>
    <ul class="others">
      {actors.slice(0, MOST_OTHERS).map((actor) => (
        <li key={actor.place}>
          <a href={actorHref(actor)} onClick={follow}>
            {visible(shortened(shortPrincipal(actor.actor), 80))}
          </a>{" "}
          <span class="muted">{visible(summaryOf(actor, overview))}</span>
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

/** What stands out, and how much there is. */
function summaryOf(actor: OverviewActor, overview: OverviewData): string {
  const { sessions, console_sessions, events, findings, attempts } = actor;
  const what =
    outline(actor, overview) ||
    (findings + attempts > 0
      ? listed([
          ...(findings > 0 ? [counted(findings, "finding")] : []),
          ...(attempts > 0 ? [counted(attempts, "attempt")] : []),
        ])
      : `nothing stands out${console_sessions > 0 ? ", used the console" : ""}`);
  // The same name in another account is another identity.
  const isAlone = overview.actors.filter((other) => other.actor === actor.actor).length === 1;
  const account = isAlone || !actor.account_id ? "" : `, account ${actor.account_id}`;
  return `${what} (${counted(events, "event")} in ${counted(sessions, "session")}${account})`;
}

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
