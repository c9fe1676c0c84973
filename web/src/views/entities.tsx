// Entities: users, keys, buckets, secrets. For a single entity: everywhere it was seen or touched.

import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { api } from "../api/client";
import type { Count, EntityRow, SeenPage, SeenRow } from "../api/types";
import { NoteBar } from "../components/notes";
import { Search } from "../components/search";
import { LongText, Text } from "../components/text";
import { Total } from "../components/total";
import { Grid } from "../grid/grid";
import type { Column } from "../grid/types";
import { emptyFilter, SHOWS, toggled, writeFilter } from "../lib/filter";
import { count, moment } from "../lib/format";
import { useAsked, useChanged, usePages } from "../lib/hooks";
import { change, follow, go, type Place } from "../lib/router";
import { useSelection } from "../lib/selection";
import { shortPrincipal } from "../lib/session";
import { sortingIn } from "../lib/sorting";
import { typeName, typeNames, visible } from "../lib/text";
import { Carry } from "../timeline/carry";
import { COLUMNS as TIMELINE } from "../timeline/columns";
import { Detail } from "../timeline/detail";

const NAMED = 8;

/** Who saw it on a screen: the number of principals, if several, and the first few of them. */
const By = ({ principals }: { principals: readonly string[] }) => (
  <>
    {principals.length > 1 && <span class="num">{`${count(principals.length)}: `}</span>}
    <Text value={principals.slice(0, NAMED).map(shortPrincipal).join(", ")} max={200} />
  </>
);

/** How often it was changed, and how often that was tried or it was read; otherwise, whether a call named it. */
const How = ({ row: { changes, attempts, reads, touched } }: { row: EntityRow }) => {
  const counts = [
    ["changed", changes, "loud"],
    ["tried", attempts, ""],
    ["read", reads, ""],
  ] as const;
  const some = counts.filter(([, number]) => number > 0);
  if (some.length === 0) return touched ? <span>touched</span> : <span class="none">seen</span>;
  return (
    <>
      {some.map(([name, number, tone], index) => (
        <Fragment key={name}>
          {index > 0 && ", "}
          <span class={tone}>{`${name} ${count(number)}`}</span>
        </Fragment>
      ))}
    </>
  );
};

const COLUMNS: readonly Column<EntityRow>[] = [
  {
    key: "type",
    title: "Type",
    width: "6.5rem",
    sort: "entity_type",
    render: (row) => <span class="thing-type">{visible(typeName(row.entity_type))}</span>,
  },
  {
    key: "value",
    title: "Entity",
    width: "minmax(10rem, 3fr)",
    sort: "entity_value",
    render: (row) => (
      <span class="mono">
        <Text value={row.entity_value} max={240} />
      </span>
    ),
  },
  {
    key: "touched",
    title: "What was done",
    width: "13rem",
    sort: "changes",
    render: (row) => <How row={row} />,
  },
  {
    key: "sightings",
    title: "Rows",
    width: "4.5rem",
    sort: "sightings",
    end: true,
    render: (row) => <span class="num">{count(row.sightings)}</span>,
  },
  {
    key: "sessions",
    title: "Sessions",
    width: "4.75rem",
    sort: "sessions",
    end: true,
    render: (row) => <span class="num">{count(row.sessions)}</span>,
  },
  {
    key: "who",
    title: "By",
    width: "minmax(6rem, 2fr)",
    render: (row) => <By principals={row.principals} />,
  },
  {
    key: "time",
    title: "First (UTC)",
    width: "9.25rem",
    sort: "first_time",
    render: (row) => <span class="num">{moment(row.first_time)}</span>,
  },
  {
    key: "last",
    title: "Last (UTC)",
    width: "9.25rem",
    sort: "last_time",
    render: (row) => <span class="num">{moment(row.last_time)}</span>,
  },
];

const rowKey = (row: EntityRow) => `${row.entity_type}\n${row.entity_value}`;

export function Entities({ place }: { place: Place }) {
  const type = place.params.get("type");
  const value = place.params.get("entity");
  if (type && value) return <Seen type={type} value={value} place={place} />;
  return <All place={place} />;
}

function All({ place: { params } }: { place: Place }) {
  const [search, type] = [params.get("search") ?? "", params.get("type")];
  const touched = params.get("touched");
  const principal = params.get("principal");
  const { sorting, onSort } = sortingIn(params, "weight", true);
  const { sort, descending } = sorting;
  const rows = usePages<EntityRow>(
    `${search} ${type} ${touched} ${principal} ${sort} ${descending}`,
    (offset, limit, signal) =>
      api.entities({ search, type, touched, principal, sort, descending, offset, limit }, signal),
  );
  useChanged((listener) => rows.subscribe(listener), rows);
  const set = (key: string, value: string, replace = false) =>
    change((all) => (value ? all.set(key, value) : all.delete(key)), replace);
  const openThing = (row: EntityRow) =>
    go("/entities", new URLSearchParams({ type: row.entity_type, entity: row.entity_value }));
  return (
    <div class="view">
      <h1 class="visually-hidden">Entities</h1>
      <div class="bar">
        <Search label="Search entities" value={search} onSearch={(text) => set("search", text, true)} />
        <TypeField type={type} onChoose={(value) => set("type", value)} />
        <label class="field">
          How{" "}
          <select value={touched ?? ""} onChange={(event) => set("touched", event.currentTarget.value)}>
            <option value="">all</option>
            <option value="true">touched by a call</option>
            <option value="changed">changed, created, or secret retrieved</option>
            <option value="created">created</option>
            <option value="deleted">deleted</option>
            <option value="granted">granted a permission</option>
          </select>
        </label>
        <ActorField principal={principal} onChoose={(value) => set("principal", value)} />
        <Total total={rows.total} one="entity" many="entities" />
      </div>
      <Grid
        name="entities"
        label="Entities"
        columns={COLUMNS}
        rows={rows}
        rowKey={rowKey}
        empty="No matching entities."
        compactBelow={73.5}
        compactRem={4.5}
        compactFits
        sorting={sorting}
        onSort={onSort}
        onEnter={openThing}
      />
    </div>
  );
}

/** Only what one identity saw or touched. */
function ActorField({ principal, onChoose }: { principal: string | null; onChoose: (principal: string) => void }) {
  const { data } = useAsked("principals", (signal) => api.entityPrincipals(signal));
  const spell = (name: string) => visible(shortPrincipal(name).slice(0, 60));
  return <Counted label="By" all="anyone" value={principal} counts={data ?? []} spell={spell} onChoose={onChoose} />;
}

function TypeField({ type, onChoose }: { type: string | null; onChoose: (type: string) => void }) {
  const { data } = useAsked("types", (signal) => api.entityTypes(signal));
  return (
    <Counted
      label="Type"
      all="all"
      value={type}
      counts={data ?? []}
      spell={(name) => visible(typeName(name))}
      onChoose={onChoose}
    />
  );
}

const RELATIONS: Record<string, string> = {
  granted_to: "granted a permission",
  source: "source of a copy",
};

const relationOf = (name: string) => RELATIONS[name] ?? visible(name.replaceAll("_", " "));

const LOUD = new Set(["changed", "created", "deleted", "granted_to"]);

const Relations = ({ relations }: { relations: readonly string[] }) => (
  <>
    {relations.map((name) => (
      <span key={name} class={`upper ${LOUD.has(name) ? "loud" : name === "seen" ? "none" : ""}`}>
        {relationOf(name)}
      </span>
    ))}
  </>
);

const SEEN: readonly Column<SeenRow>[] = [
  {
    key: "touched",
    title: "Relation",
    width: "6.5rem",
    render: (row) => <Relations relations={row.relations} />,
  },
  ...TIMELINE,
];

const seenKey = (row: SeenRow) => row.id;

/** The types of entities that can act. */
const ACTING = new Set(["user", "role"]);

/** The history of one entity: everything that touched or showed it, in chronological order. */
function Seen({ type, value, place }: { type: string; value: string; place: Place }) {
  const open = place.params.getAll("open");
  const [principal, relation] = [place.params.get("principal"), place.params.get("relation")];
  const [counts, setCounts] = useState<Pick<SeenPage, "principals" | "relations">>({ principals: [], relations: [] });
  const rows = usePages<SeenRow>(`${type}\n${value}\n${principal}\n${relation}`, async (offset, limit, signal) => {
    const page = await api.seen({ type, value, principal, relation, offset, limit }, signal);
    setCounts(page);
    return page;
  });
  useChanged((listener) => rows.subscribe(listener), rows);
  const selection = useSelection<SeenRow>();
  const set = (key: string, value: string) => change((all) => (value ? all.set(key, value) : all.delete(key)));
  const fold = (id: string) =>
    change((all) => {
      const next = toggled(all.getAll("open"), id);
      all.delete("open");
      for (const each of next) all.append("open", each);
    }, true);
  const filter = {
    ...emptyFilter(),
    show: [...SHOWS],
    entityType: type,
    entity: value,
    principal: principal ? [principal] : [],
  };
  const inTimeline = writeFilter(filter);
  return (
    <div class="view">
      <div class="bar thing-bar">
        <a href={`/entities?${new URLSearchParams({ type })}`} onClick={follow}>
          ← all {visible(typeNames(type))}
        </a>
        <h1 class="thing-title">
          <span class="thing-type">{visible(typeName(type))}</span>{" "}
          <span class="mono">
            <LongText value={value} max={200} />
          </span>
        </h1>
        <Total total={rows.total} one="row" />
        <a href={`/timeline?${inTimeline}`} onClick={follow}>
          Show in the timeline
        </a>
        {ACTING.has(type) && (
          <a href={`/timeline?${new URLSearchParams({ principal: value })}`} onClick={follow}>
            {`What this ${visible(typeName(type))} did`}
          </a>
        )}
        {type === "access_key" && (
          <a href={`/timeline?${new URLSearchParams({ key: value })}`} onClick={follow}>
            What was done with this key
          </a>
        )}
        <Carry filter={filter} total={rows.total} selection={selection} />
      </div>
      <div class="bar entity-notes">
        <Counted
          label="By"
          all="anyone"
          value={principal}
          counts={counts.principals}
          spell={(name) => visible(shortPrincipal(name).slice(0, 60))}
          onChoose={(value) => set("principal", value)}
        />
        <Counted
          label="Relation"
          all="all"
          value={relation}
          counts={counts.relations}
          spell={relationOf}
          onChoose={(value) => set("relation", value)}
        />
        <NoteBar target={{ type: "entity", id: value, entity_type: type }} label="this entity" />
      </div>
      <Grid
        name="timeline seen"
        label={`History of ${visible(typeName(type))} ${visible(value.slice(0, 100))}`}
        columns={SEEN}
        rows={rows}
        rowKey={seenKey}
        empty={principal || relation ? "No matching rows." : "This entity was not seen in the case."}
        compactBelow={65}
        compactRem={6.75}
        rowRem={3.4}
        detail={(row) => <Detail row={row} />}
        open={new Set(open)}
        onToggle={fold}
        selection={selection}
      />
    </div>
  );
}

interface CountedProps {
  label: string;
  /** The label of the option that selects all values. */
  all: string;
  value: string | null;
  counts: readonly Count[];
  spell: (value: string) => string;
  onChoose: (value: string) => void;
}

/** A choice of the existing values, each with its number of rows. */
function Counted({ label, all, value, counts, spell, onChoose }: CountedProps) {
  const known = counts.some((each) => each.value === value);
  return (
    <label class="field">
      {label}{" "}
      <select value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{all}</option>
        {value && !known && <option value={value}>{spell(value)}</option>}
        {counts.map((each) => (
          <option key={each.value} value={each.value ?? ""}>
            {`${spell(each.value ?? "")} (${count(each.count)})`}
          </option>
        ))}
      </select>
    </label>
  );
}
