// The access token. It comes in the fragment of the address that `serve` prints, which a browser keeps to itself; it is kept
// for this tab, and other tabs of the same server ask this one for it. Unlike a cookie it reaches no other port.

const KEY = "token";
const TOKEN = /(?:^|token=)([0-9a-f]{64})$/;

/** Milliseconds in which another tab answers. */
const PATIENCE = 700;

const listeners = new Set<() => void>();
let channel: BroadcastChannel | undefined;
let token = "";
let valid = true;

/** A browser may keep nothing. */
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
    // It is asked for again when the page is loaded again.
  }
}

/** The token in an address, or alone; nothing, if there is none. */
export const tokenIn = (text: string): string | undefined => TOKEN.exec(text.trim())?.[1];

/** Takes the token out of the address, so that it is not in the history or in a link that is copied. */
function takeFromAddress(): boolean {
  const given = tokenIn(location.hash);
  if (location.hash.includes("token=")) history.replaceState(null, "", location.pathname + location.search);
  if (given) take(given);
  return given !== undefined;
}

/** Answers tabs that ask, and takes what they tell where there is no valid token. */
function hear({ data }: MessageEvent<unknown>) {
  if (data === "?") {
    if (token && valid) channel?.postMessage(token);
  } else if (typeof data === "string" && !(token && valid)) {
    const given = tokenIn(data);
    if (given && given !== token) {
      take(given);
      for (const listener of listeners) listener();
    }
  }
}

/** Settles when there is a token, or nobody has one. To be called once, when the page begins. */
export async function findToken(): Promise<void> {
  token = kept();
  channel = new BroadcastChannel("cartographer-token");
  channel.addEventListener("message", hear);
  // Another address of the same page, as after a restart, loads nothing by itself.
  addEventListener("hashchange", () => takeFromAddress() && location.reload());
  if (takeFromAddress() || token) return;
  await new Promise<void>((done) => {
    onToken(done);
    setTimeout(done, PATIENCE);
    channel?.postMessage("?");
  });
}

/** Calls when another tab gave a token, where there was none that is valid. */
export function onToken(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Takes the token in a text that was entered; false, if there is none. */
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

/** The server knows the token: tabs that have another one take it. */
export function confirmToken() {
  if (valid && confirmed !== token) channel?.postMessage(token);
  confirmed = token;
}
let confirmed = "";

/** The token that requests are sent with now. */
export const currentToken = () => token;
