// The one place where the page announces what it has done, also to screen readers.

import { save } from "../api/client";
import { listeners } from "./listeners";

const announced = listeners<[text: string]>();

export const announce = announced.tell;
export const onAnnounced = announced.add;

/** Copies text to the clipboard, and announces it. */
export async function copy(text: string, what: string) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied ${what}.`);
  } catch {
    announce("The browser blocked copying. Allow clipboard access, or export the rows instead.");
  }
}

/** Saves a file from the server, or announces why it could not be saved. */
export function saveFile(address: string) {
  save(address).catch((error: unknown) =>
    announce(`Could not save the file: ${error instanceof Error ? error.message : String(error)}`),
  );
}

/** Saves a text as a file. */
export function download(name: string, type: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(`Saved ${name}.`);
}
