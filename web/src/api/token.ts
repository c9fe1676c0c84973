// The access token. It is in the fragment of the address that `serve` prints, which browsers do not send. It is stored for
// this tab, and other tabs on the same server ask this one for it. Unlike a cookie, it is not sent to other ports.

import { listeners } from "../lib/listeners";

const KEY = "token";
const TOKEN = /(?:^|token=)([0-9a-f]{64})$/;

/** Milliseconds to wait for an answer from another tab. */
const PATIENCE = 700;

const arrivals = listeners();
let channel: BroadcastChannel | undefined;
let token = "";
let valid = true;

/** A browser may not allow storage. */
function kept(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

function take(given: string) {
  token = given;
  valid = true;
  try {
    sessionStorage.setItem(KEY, given);
  } catch {
    // After a reload, the page asks for the token again.
  }
}

/** The token in an address, or by itself; undefined if there is none. */
export const tokenIn = (text: string): string | undefined => TOKEN.exec(text.trim())?.[1];

/** Removes the token from the address, so that it is not in the history or in copied links. */
function takeFromAddress(): boolean {
  const given = tokenIn(location.hash);
  if (location.hash.includes("token=")) history.replaceState(null, "", location.pathname + location.search);
  if (given) take(given);
  return given !== undefined;
}

/** Answers other tabs that ask for the token, and accepts theirs if this tab has no valid one. */
function hear({ data }: MessageEvent<unknown>) {
  if (data === "?") {
    if (token && valid) channel?.postMessage(token);
  } else if (typeof data === "string" && !(token && valid)) {
    const given = tokenIn(data);
    if (given && given !== token) {
      take(given);
      arrivals.tell();
    }
  }
}

/** Settles when there is a token, or when no tab has one. Must be called once, when the page starts. */
export async function findToken(): Promise<void> {
  token = kept();
  channel = new BroadcastChannel("cartographer-token");
  channel.addEventListener("message", hear);
  // A new fragment in the address, such as after a restart, does not reload the page by itself.
  addEventListener("hashchange", () => takeFromAddress() && location.reload());
  if (takeFromAddress() || token) return;
  await new Promise<void>((done) => {
    onToken(done);
    setTimeout(done, PATIENCE);
    channel?.postMessage("?");
  });
}

/** Calls the listener when another tab provides a token and this tab had no valid one. */
export const onToken = arrivals.add;

/** Accepts the token in an entered text. Returns false if there is none. */
export function enterToken(text: string): boolean {
  const given = tokenIn(text);
  if (given) take(given);
  return given !== undefined;
}

/** The server does not know the token: another tab may have a newer one. */
export function rejectToken() {
  valid = false;
  channel?.postMessage("?");
}

/** The server knows the token: tabs that have a different one accept it. */
export function confirmToken() {
  if (valid && confirmed !== token) channel?.postMessage(token);
  confirmed = token;
}
let confirmed = "";

/** The token that is currently sent with requests. */
export const currentToken = () => token;
