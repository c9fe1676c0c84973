// Saved views, and a form that saves the current view.

import { useState } from "preact/hooks";
import type { Note } from "../api/types";
import { useNotes, write } from "../lib/notes";
import { follow, type Place } from "../lib/router";
import { visible } from "../lib/text";
import { Menu } from "./menu";

export function SavedViews({ place }: { place: Place }) {
  const { answer } = useNotes();
  const views = answer?.notes.filter((note) => note.kind === "view") ?? [];
  const save = (name: string) => {
    const { path, params } = place;
    const query = params.toString();
    return write({ kind: "view", text: name, place: query ? `${path}?${query}` : path }, "View saved.");
  };
  if (!answer) return null;
  return (
    <Menu title="Views">
      {views.map((note) => (
        <View key={note.id} note={note} />
      ))}
      {views.length === 0 && <span class="muted menu-text">There are no saved views yet.</span>}
      <SaveForm what="view" onSave={save} />
    </Menu>
  );
}

/** A form that saves something under a name. The name is cleared once it is saved. */
export function SaveForm({ what, onSave }: { what: string; onSave: (name: string) => Promise<boolean> }) {
  const [name, setName] = useState("");
  const save = async (event: Event) => {
    event.preventDefault();
    if (name.trim() && (await onSave(name))) setName("");
  };
  return (
    <form class="save-view" onSubmit={save}>
      <input
        type="text"
        aria-label={`Name for the saved ${what}`}
        placeholder={`save this ${what} as …`}
        maxLength={100}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit">Save</button>
    </form>
  );
}

/** Only addresses on this page are followed; a colleague's file could contain others. */
const View = ({ note }: { note: Note }) =>
  note.place?.startsWith("/") && !note.place.startsWith("//") ? (
    <a href={note.place} onClick={follow}>
      {visible(note.text ?? "")}
    </a>
  ) : null;
