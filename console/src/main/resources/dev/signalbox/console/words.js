/** How states are called, and which of four tones they have: rest, busy, good, bad. */
export const STATES = {
  PENDING: { label: 'Pending', tone: 'rest', hint: 'Waits for its time or its turn' },
  CLAIMED: { label: 'Sending', tone: 'busy', hint: 'A node is attempting it now' },
  RETRY_WAIT: { label: 'Retrying', tone: 'busy', hint: 'An attempt failed; the next one will come' },
  SENT: { label: 'Sent', tone: 'good', hint: 'A provider, or the client itself, has it' },
  UNKNOWN: { label: 'Uncertain', tone: 'bad', hint: 'It may or may not have been sent; somebody has to decide' },
  DEAD: { label: 'Failed', tone: 'bad', hint: 'Every way used up its attempts or its time' },
  REJECTED: { label: 'Rejected', tone: 'bad', hint: 'It was refused for good' },
  EXPIRED: { label: 'Expired', tone: 'bad', hint: 'Its expiry came first' },
  CANCELLED: { label: 'Cancelled', tone: 'rest', hint: 'Cancelled before it was sent' },
};

export const canRetry = (state) => ['UNKNOWN', 'DEAD', 'REJECTED', 'EXPIRED', 'CANCELLED'].includes(state);
export const canCancel = (state) => ['PENDING', 'RETRY_WAIT'].includes(state);

const NUMBER = new Intl.NumberFormat('en');
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_AND_CLOCK = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

export const number = (n) => NUMBER.format(n);

/** A rate: one digit behind the point while it is small. */
export const rate = (n) => (n > 0 && n < 10 ? n.toFixed(1) : NUMBER.format(Math.round(n)));

/** How long something took or has been: 12 s, 5 min, 3 h, 2 d. */
export function span(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const ago = (time, now) => `${span(now - Date.parse(time))} ago`;
export const took = (millis) => (millis < 1000 ? `${millis} ms` : `${(millis / 1000).toFixed(1)} s`);

/** The time of day, with the day if that is not today. */
export function clock(time) {
  const date = new Date(time);
  return (date.toDateString() === new Date().toDateString() ? CLOCK : DAY_AND_CLOCK).format(date);
}

/** "sms:+61491570006" in its two parts. */
export function address(to) {
  const colon = to.indexOf(':');
  return { channel: to.slice(0, colon), rest: to.slice(colon + 1) };
}

/** What each entry of a history means; those with `to` are attempts to reach somebody, the others only happened. */
const RESULTS = {
  ACCEPTED: { verb: 'Sent', tone: 'good', to: true },
  NOT_SENT: { verb: 'Not sent', tone: 'busy', to: true },
  UNKNOWN: { verb: 'Perhaps sent', tone: 'bad', to: true },
  REJECTED: { verb: 'Refused', tone: 'bad', to: true },
  TIMED_OUT: { verb: 'Out of time', tone: 'busy', to: false },
  EXPIRED: { verb: 'Expired', tone: 'bad', to: false },
  RELEASED: { verb: 'Put back', tone: 'rest', to: false },
  CANCELLED: { verb: 'Cancelled', tone: 'rest', to: false },
  REVIVED: { verb: 'Put back on request', tone: 'rest', to: false },
};

export const result = (name) => RESULTS[name] ?? { verb: name, tone: 'rest', to: true };

/** How many of a message's entries are attempts. */
export const tries = (message) => message.attempts.filter((entry) => result(entry.result).to).length;

/** The step whose turn it is or was: that of the last attempt, or the next one if the message moved on. */
export function currentStep(message) {
  const last = message.attempts.at(-1);
  if (!last) return 0;
  const moved = message.state === 'PENDING' && last.state === 'PENDING' && last.result !== 'REVIVED';
  return Math.min(last.step + (moved ? 1 : 0), message.reach.length - 1);
}
