/** What follows from the code that a connection was closed with; see "Close codes" in docs/protocol.md. */

/** Connecting again leads to the same end: the client, or its use, has to be mended first. */
const FINAL = new Set([1002, 1007, 4400, 4403, 4409, 4412, 4423]);

/** Milliseconds to wait at least before connecting again, for codes that ask for it. */
const PAUSE = new Map([[1012, 1_000], [1013, 1_000], [4429, 5_000]]);

/** How often in a row a token may be refused. A function that gives tokens gets the chance to give a new one. */
const MAX_REFUSED = 3;

/** A message was larger than the server takes. */
export const TOO_LARGE = 1009;
export const UNAUTHENTICATED = 4401;

/** Whether a connection that was closed with `code` is the last one. */
export function isFinal(code, refusedInARow) {
  return FINAL.has(code) || (code === UNAUTHENTICATED && refusedInARow >= MAX_REFUSED);
}

export function pauseAfter(code) {
  return PAUSE.get(code) ?? 0;
}
