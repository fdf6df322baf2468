import { html, svg } from 'lit';

/** The states by the names that REST, the command line and the documents use; each has a tone and a shape. */
export const STATES = {
  PENDING: { tone: 'rest', hint: 'Waits for its time or its turn' },
  CLAIMED: { tone: 'busy', hint: 'A node is attempting it' },
  RETRY_WAIT: { tone: 'busy', hint: 'An attempt failed; another follows' },
  SENT: { tone: 'good', hint: 'A provider, or the client itself, has it' },
  UNKNOWN: { tone: 'warn', hint: 'It may or may not have arrived; a person has to decide' },
  DEAD: { tone: 'bad', hint: 'Every step used up its attempts or its time' },
  REJECTED: { tone: 'bad', hint: 'Refused for good' },
  EXPIRED: { tone: 'bad', hint: 'Its expiry came before it was sent' },
  CANCELLED: { tone: 'rest', hint: 'Cancelled before it was sent' },
};

export const canRetry = (state) => ['DEAD', 'REJECTED', 'EXPIRED', 'CANCELLED'].includes(state);
export const canCancel = (state) => ['PENDING', 'RETRY_WAIT'].includes(state);
export const canResolve = (state) => state === 'UNKNOWN';

/* One shape a state: what colour tells is told without it, too. Drawn in a box of 16 by 16. */
const ring = svg`<circle cx="8" cy="8" r="6"/>`;
const SHAPES = {
  PENDING: ring,
  CLAIMED: svg`${ring}<path class="solid" d="M6.2 5v6l5-3z"/>`,
  RETRY_WAIT: svg`<path d="M13.2 5.2A6 6 0 1 0 14 8M13.7 1.8v3.6h-3.6"/>`,
  SENT: svg`<path d="M2.5 8.5l3.8 4 7.2-9"/>`,
  UNKNOWN: svg`<path d="M8 1l7 7-7 7-7-7z"/><path d="M6.3 6.6a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.8.6-.8 1.2M8 11.2v.1"/>`,
  DEAD: svg`<rect x="2" y="2" width="12" height="12" rx="2"/><path d="M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4"/>`,
  REJECTED: svg`${ring}<path d="M4.8 8h6.4"/>`,
  EXPIRED: svg`<path d="M3.5 1.5h9M3.5 14.5h9M4.5 1.5c0 4 7 4.5 7 13M11.5 1.5c0 4-7 4.5-7 13"/>`,
  CANCELLED: svg`${ring}<path d="M3.9 12.1l8.2-8.2"/>`,
};

/** The shape of a state, for beside its name. */
export const shape = (state) => html`<svg class="shape ${STATES[state]?.tone ?? 'rest'}" viewBox="0 0 16 16"
  aria-hidden="true">${SHAPES[state] ?? ring}</svg>`;

/** A state as shown everywhere: its shape and its name. */
export const mark = (state) => html`<span class="mark" title=${STATES[state]?.hint ?? ''}>${shape(state)}${state}</span>`;

/** What an entry of a history says; those with `to` are attempts to reach somebody, the others events. */
const RESULTS = {
  ACCEPTED: { verb: 'Accepted', shape: 'SENT', to: true },
  NOT_SENT: { verb: 'Not sent', shape: 'RETRY_WAIT', to: true },
  UNKNOWN: { verb: 'Unknown whether sent', shape: 'UNKNOWN', to: true },
  REJECTED: { verb: 'Rejected', shape: 'REJECTED', to: true },
  TIMED_OUT: { verb: 'Time limit reached', shape: 'EXPIRED', to: false },
  EXPIRED: { verb: 'Expired', shape: 'EXPIRED', to: false },
  RELEASED: { verb: 'Released by a node that stopped', shape: 'PENDING', to: false },
  CANCELLED: { verb: 'Cancelled', shape: 'CANCELLED', to: false },
  HELD: { verb: 'Held back: the provider refuses our account', shape: 'PENDING', to: false },
  UNREADABLE: { verb: 'Its row cannot be read', shape: 'DEAD', to: false },
  RESCHEDULED: { verb: 'Given another time or priority', shape: 'PENDING', to: false },
  REVIVED: { verb: 'Retried by hand', shape: 'PENDING', to: false },
  REKEYED: { verb: 'Retried by hand with a new key', shape: 'PENDING', to: false },
};

/** After these the message is still, or again, on the step of the entry. */
const SAME_STEP = new Set(['REVIVED', 'REKEYED', 'RELEASED', 'HELD', 'RESCHEDULED']);

export const result = (name) => RESULTS[name] ?? { verb: name, shape: 'PENDING', to: false };

/** How many of a message's entries are attempts. */
export const tries = (message) => message.attempts.filter((entry) => result(entry.result).to).length;

/** The step whose turn it is or was: that of the last attempt, or the next one if the message moved on. */
export function currentStep(message) {
  const last = message.attempts.at(-1);
  if (!last) return 0;
  const moved = message.state === 'PENDING' && last.state === 'PENDING' && !SAME_STEP.has(last.result);
  return Math.min(last.step + (moved ? 1 : 0), message.reach.length - 1);
}
