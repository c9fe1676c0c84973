// Analysts' notes, in the order of the times that they refer to; saved views and queries; export and import.

import { useRef } from "preact/hooks";
import { notesAddress } from "../api/client";
import type { Note } from "../api/types";
import { Comment } from "../components/notes";
import { Problem } from "../components/problem";
import { saveFile } from "../lib/announce";
import { counted, moment } from "../lib/format";
import { grouped } from "../lib/group";
import { importFile, useNotes, write } from "../lib/notes";
import { change, follow, type Place } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { shortened, visible } from "../lib/text";

/** The target of a note's link: what the note is about, or the view that it saves. */
export function hrefOf(note: Note): string | null {
  const { target } = note;
  if (note.kind === "view") return note.place?.startsWith("/") && !note.place.startsWith("//") ? note.place : null;
  if (note.kind === "query") return `/sql?${new URLSearchParams({ sql: note.place ?? "" })}`;
  if (!target) return null;
  if (target.type === "entity")
    return `/entities?${new URLSearchParams({ type: target.entity_type ?? "", entity: target.id })}`;
  if (!note.session_id) return null;
  const params = new URLSearchParams({ session: note.session_id });
  if (note.row_id) params.append("open", note.row_id);
  return `/timeline?${params}`;
}

export function Notes({ place: { params } }: { place: Place }) {
  const { answer, error, again, tags } = useNotes();
  if (error) return <Problem error={error} again={again} />;
  if (!answer) return <p class="waiting">Loading the notes …</p>;
  const tag = params.get("tag");
  const about = answer.notes.filter((note) => note.target && (!tag || (note.kind === "tag" && note.text === tag)));
  const things = [...grouped(about, keyOf).values()].sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
  const saved = answer.notes.filter((note) => !note.target);
  return (
    <div class="view view-notes">
      <h1 class="visually-hidden">Notes</h1>
      <Bar author={answer.author} file={answer.file} unread={answer.unread} />
      {tags.length > 0 && <Tags tags={tags} chosen={tag} />}
      {answer.notes.length === 0 && <Empty />}
      {saved.length > 0 && <Saved notes={saved} />}
      {things.length > 0 && (
        <ul class="note-list" aria-label="Notes">
          {things.map((notes) => (
            <Thing key={keyOf(notes[0] as Note)} notes={notes} />
          ))}
        </ul>
      )}
    </div>
  );
}

const Empty = () => (
  <p class="empty">
    There are no notes yet. Open a timeline row, a session or an entity, and press Star or add a tag or a comment. In
    the timeline, the s key stars a row. To save a view with its filters, use Views in the header.
  </p>
);

const keyOf = ({ target, row_id }: Note) => `${target?.type} ${target?.entity_type ?? ""} ${row_id ?? target?.id}`;
const timeOf = (notes: readonly Note[]) => notes[0]?.time ?? "9";

function Bar({ author, file, unread }: { author: string; file: string; unread: number }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="bar">
      <span>
        You are writing as <strong>{visible(shortened(author, 80))}</strong>. Notes are saved in{" "}
        <span class="mono">{visible(file.split(/[\\/]/).at(-1) ?? file)}</span>, next to the case.
      </span>
      {unread > 0 && <span class="warn">{`${counted(unread, "unreadable line")} in the file will be kept.`}</span>}
      <div class="carry">
        <a href="/timeline?noted=any" onClick={follow}>
          Rows with notes
        </a>
        <button type="button" onClick={() => saveFile(notesAddress)}>
          Export
        </button>
        <button type="button" onClick={() => input.current?.click()}>
          Import and merge
        </button>
        <input
          ref={input}
          type="file"
          class="visually-hidden"
          tabIndex={-1}
          aria-label="Notes file to import"
          accept=".jsonl,.json,.txt"
          onChange={async (event) => {
            const field = event.currentTarget;
            const [chosen] = field.files ?? [];
            if (chosen) await importFile(chosen);
            field.value = "";
          }}
        />
      </div>
    </div>
  );
}

const Tags = ({ tags, chosen }: { tags: readonly string[]; chosen: string | null }) => (
  <p class="bar tag-bar">
    {tags.map((tag) => (
      <button
        key={tag}
        type="button"
        class="small"
        aria-pressed={tag === chosen}
        onClick={() => change((all) => (tag === chosen ? all.delete("tag") : all.set("tag", tag)), true)}
      >
        #{visible(shortened(tag, 60))}
      </button>
    ))}
  </p>
);

const Saved = ({ notes }: { notes: readonly Note[] }) => (
  <section class="saved" aria-label="Saved views and queries">
    <h2>Saved views and queries</h2>
    <ul>
      {notes.map((note) => {
        const href = hrefOf(note);
        return (
          <li key={note.id}>
            <span class="muted">{note.kind === "view" ? "view" : "query"}</span>{" "}
            {href ? (
              <a href={href} onClick={follow}>
                {visible(note.text ?? "")}
              </a>
            ) : (
              visible(note.text ?? "")
            )}{" "}
            <span class="muted">{visible(note.author)}</span>{" "}
            <button
              type="button"
              class="link"
              aria-label={`Delete ${visible(note.text ?? "")}`}
              onClick={() => write({ id: note.id, delete: true }, "Deleted.")}
            >
              Delete
            </button>
          </li>
        );
      })}
    </ul>
  </section>
);

/** All notes on one target. */
function Thing({ notes }: { notes: readonly Note[] }) {
  const [first] = notes;
  if (!first) return null;
  const href = hrefOf(first);
  const { target } = first;
  const gone = target?.type !== "entity" && !first.session_id;
  const what =
    target?.type === "entity" ? `${target.entity_type} ${target.id}` : (first.what ?? `${target?.type} ${target?.id}`);
  const text = visible(shortened(what, 300));
  return (
    <li class="note-thing">
      <p>
        {first.time && <span class="num">{moment(first.time)}</span>}{" "}
        {first.principal && <strong>{visible(shortened(shortPrincipal(first.principal), 60))}</strong>}{" "}
        {href ? (
          <a href={href} onClick={follow}>
            {text}
          </a>
        ) : (
          text
        )}
        {gone && <span class="warn"> not in this version of the case</span>}
      </p>
      <p class="note-marks">
        {notes
          .filter((note) => note.kind === "star")
          .map((note) => (
            <span key={note.id} class="star">
              {`★ ${visible(note.author)} `}
            </span>
          ))}
        {notes
          .filter((note) => note.kind === "tag")
          .map((note) => (
            <span key={note.id} class="tag">
              #{visible(note.text ?? "")}
            </span>
          ))}
      </p>
      {notes
        .filter((note) => note.kind === "comment")
        .map((note) => (
          <Comment key={note.id} note={note} />
        ))}
    </li>
  );
}
