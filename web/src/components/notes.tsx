// Stars, tags and comments: the existing notes on something, and ways to add more.

import { useState } from "preact/hooks";
import type { Note, NoteTarget } from "../api/types";
import { moment } from "../lib/format";
import { notesOn, notesOnRow, star, useNotes, write } from "../lib/notes";
import { shortened, visible, visibleLines } from "../lib/text";

/** The notes on a row, in a few characters. */
export function RowMarks({ id }: { id: string }) {
  const notes = notesOnRow(id);
  if (notes.length === 0) return null;
  const tags = [...new Set(notes.flatMap((note) => (note.kind === "tag" ? [note.text ?? ""] : [])))];
  const comments = notes.filter((note) => note.kind === "comment");
  return (
    <span class="row-marks">
      {notes.some((note) => note.kind === "star") && (
        <span class="star" role="img" aria-label="starred">
          ★
        </span>
      )}
      {tags.map((tag) => (
        <span class="tag" key={tag}>
          #{visible(shortened(tag, 40))}
        </span>
      ))}
      {comments.length > 0 && (
        <span class="commented" title={comments.map((note) => visible(shortened(note.text ?? "", 200))).join(" · ")}>
          {`“${visible(shortened(comments[0]?.text ?? "", 60))}”${comments.length > 1 ? ` +${comments.length - 1}` : ""}`}
        </span>
      )}
    </span>
  );
}

/** The notes on one target, with a star button and fields to add a tag or a comment. */
export function NoteBar({ target, label }: { target: NoteTarget; label: string }) {
  const { answer, tags, error } = useNotes();
  if (error || !answer) return null;
  const notes = notesOn(target);
  const starred = notes.some((note) => note.kind === "star" && note.author === answer.author);
  const others = notes.filter((note) => note.kind === "star" && note.author !== answer.author);
  return (
    <section class="notes" aria-label={`Notes on ${label}`}>
      <button type="button" class="small star-button" aria-pressed={starred} onClick={() => star(target)}>
        <span aria-hidden="true">{starred ? "★" : "☆"}</span> {starred ? "Starred" : "Star"}
      </button>
      {others.length > 0 && <span class="muted">{`★ ${others.map((note) => visible(note.author)).join(", ")}`}</span>}
      {notes
        .filter((note) => note.kind === "tag")
        .map((note) => (
          <Tag key={note.id} note={note} />
        ))}
      <AddTag target={target} known={tags} />
      <AddComment target={target} />
      {notes
        .filter((note) => note.kind === "comment")
        .map((note) => (
          <Comment key={note.id} note={note} />
        ))}
    </section>
  );
}

const Tag = ({ note }: { note: Note }) => (
  <span class="tag" title={`by ${visible(note.author)}`}>
    #{visible(note.text ?? "")}
    <button
      type="button"
      class="link remove"
      aria-label={`Remove the tag ${visible(note.text ?? "")}`}
      onClick={() => write({ id: note.id, delete: true }, "Tag removed.")}
    >
      ×
    </button>
  </span>
);

function AddTag({ target, known }: { target: NoteTarget; known: readonly string[] }) {
  const [text, setText] = useState("");
  const submit = async (event: Event) => {
    event.preventDefault();
    if (text.trim() && (await write({ kind: "tag", target, text }, "Tagged."))) setText("");
  };
  return (
    <form class="add-tag" onSubmit={submit}>
      <input
        type="text"
        list="known-tags"
        aria-label="New tag; press Enter to add it"
        placeholder="tag, then Enter"
        maxLength={60}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <datalist id="known-tags">
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </form>
  );
}

/** A text that is being written. It is kept when the view changes or the page is reloaded, until it is saved or canceled. */
function useDraft(of: string): [string | null, (text: string | null) => void] {
  const key = `draft ${of}`;
  const [text, set] = useState(() => sessionStorage.getItem(key));
  return [
    text,
    (next) => {
      if (next === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, next);
      set(next);
    },
  ];
}

function AddComment({ target }: { target: NoteTarget }) {
  const [text, setText] = useDraft(`${target.type} ${target.entity_type ?? ""} ${target.id}`);
  if (text === null) {
    return (
      <button type="button" class="small" onClick={() => setText("")}>
        Comment
      </button>
    );
  }
  const save = async () => {
    if (await write({ kind: "comment", target, text }, "Comment saved.")) setText(null);
  };
  return <CommentField label="New comment" text={text} onText={setText} onSave={save} onCancel={() => setText(null)} />;
}

interface FieldProps {
  label: string;
  text: string;
  onText: (text: string) => void;
  onSave: () => void;
  onCancel: () => void;
}

const CommentField = ({ label, text, onText, onSave, onCancel }: FieldProps) => (
  <div class="comment-field">
    <textarea
      aria-label={label}
      rows={3}
      // biome-ignore lint/a11y/noAutofocus: the user has just asked for it
      autoFocus={!text}
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSave();
        else if (event.key === "Escape") onCancel();
        else return;
        event.stopPropagation();
        event.preventDefault();
      }}
    />
    <button type="button" class="primary" disabled={!text.trim()} onClick={onSave}>
      Save
    </button>
    <span class="muted">Ctrl + Enter saves</span>
    <button type="button" onClick={onCancel}>
      Cancel
    </button>
  </div>
);

export function Comment({ note }: { note: Note }) {
  const [text, setText] = useDraft(note.id);
  const save = async () => {
    if (text !== null && (await write({ id: note.id, text }, "Comment saved."))) setText(null);
  };
  return (
    <div class="comment">
      <p class="comment-by muted">
        {`${visible(note.author)}, ${moment(note.changed).slice(0, 16)} UTC`}{" "}
        <button type="button" class="link" onClick={() => setText(note.text ?? "")}>
          Edit
        </button>{" "}
        <button type="button" class="link" onClick={() => write({ id: note.id, delete: true }, "Comment deleted.")}>
          Delete
        </button>
      </p>
      {text === null ? (
        <p class="comment-text">{visibleLines(note.text ?? "")}</p>
      ) : (
        <CommentField label="Comment" text={text} onText={setText} onSave={save} onCancel={() => setText(null)} />
      )}
    </div>
  );
}
