// The notes on the case: fetched once, updated from the server's responses, shared by all views.

import { useEffect } from "preact/hooks";
import { ApiError, api } from "../api/client";
import type { Note, NoteChange, NotesAnswer, NoteTarget } from "../api/types";
import { announce } from "./announce";
import { counted } from "./format";
import { grouped } from "./group";
import { useChanged } from "./hooks";
import { listeners } from "./listeners";

interface Indexed {
  answer: NotesAnswer;
  byTarget: ReadonlyMap<string, Note[]>;
  tags: readonly string[];
}

let known: Indexed | undefined;
let failed: unknown;
let asked = false;
const changes = listeners();

const keyOf = (type: string, id: string, entityType = "") => `${type}\n${entityType}\n${id}`;

/** The key that notes are found by. For timeline rows it is the row, whichever ID the note uses for it. */
function keyOfNote({ target, row_id, session_id }: Note): string | undefined {
  if (!target) return undefined;
  if (target.type === "entity") return keyOf("entity", target.id, target.entity_type);
  if (target.type === "session") return keyOf("session", session_id ?? target.id);
  return keyOf("row", row_id ?? target.id);
}

const keyOfTarget = ({ type, id, entity_type }: NoteTarget) =>
  keyOf(type === "click" || type === "event" ? "row" : type, id, entity_type);

function take(answer: NotesAnswer) {
  const byTarget = grouped(
    answer.notes.filter((note) => note.target),
    (note) => keyOfNote(note) ?? "",
  );
  const tags = [
    ...new Set(answer.notes.flatMap((note) => (note.kind === "tag" && note.text ? [note.text] : []))),
  ].sort();
  known = { answer, byTarget, tags };
  failed = undefined;
  changes.tell();
}

function refuse(error: unknown) {
  failed = error;
  changes.tell();
}

function fetchNotes() {
  asked = true;
  api.notes().then(take, refuse);
}

/** The notes. Renders again whenever they change. */
export function useNotes() {
  useChanged(changes.add, changes);
  useEffect(() => {
    if (!asked) fetchNotes();
  }, []);
  return { answer: known?.answer, tags: known?.tags ?? [], error: failed, again: fetchNotes };
}

const NONE: readonly Note[] = [];

/** The notes on one target. */
export const notesOn = (target: NoteTarget): readonly Note[] => known?.byTarget.get(keyOfTarget(target)) ?? NONE;

/** The notes on one timeline row. */
export const notesOnRow = (id: string): readonly Note[] => known?.byTarget.get(keyOf("row", id)) ?? NONE;

/** Writes a note, and announces that or why it failed. Returns whether the note was written. */
export async function write(change: NoteChange, said: string): Promise<boolean> {
  try {
    take(await api.changeNote(change));
    announce(said);
    return true;
  } catch (error) {
    const advice = error instanceof ApiError && error.advice ? ` ${error.advice}` : "";
    announce(`Could not save: ${error instanceof Error ? error.message : String(error)}.${advice}`);
    return false;
  }
}

/** Merges the notes in a file into the case's notes. */
export async function importFile(file: File) {
  try {
    const before = known?.answer.notes.length ?? 0;
    take(await api.importNotes(await file.text()));
    announce(`Imported ${counted((known?.answer.notes.length ?? 0) - before, "new note")}.`);
  } catch (error) {
    announce(`Could not import: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Stars something, or removes the user's own star. */
export function star(target: NoteTarget): Promise<boolean> {
  const author = known?.answer.author;
  const own = notesOn(target).find((note) => note.kind === "star" && note.author === author);
  if (own) return write({ id: own.id, delete: true }, "Star removed.");
  return write({ kind: "star", target }, "Starred.");
}
