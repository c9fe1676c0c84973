// One place where the page says what it has done, aloud for screen readers too.

import { save } from "../api/client";

const listeners = new Set<(text: string) => void>();

export function announce(text: string) {
  for (const listener of listeners) listener(text);
}

export function onAnnounced(listener: (text: string) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Puts text into the clipboard, and says so. */
export async function copy(text: string, what: string) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied ${what}.`);
  } catch {
    announce("The browser blocked copying. Allow it, or use an export.");
  }
}

/** Saves a file of the server's, or says why not. */
export function saveFile(address: string) {
  save(address).catch((error: unknown) =>
    announce(`Could not save the file: ${error instanceof Error ? error.message : String(error)}`),
  );
}

/** Hands a text over as a file. */
export function download(name: string, type: string, text: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(`Saved ${name}.`);
}
