const NUMBER = new Intl.NumberFormat('en');
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY_AND_CLOCK = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit',
});
const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });

export const number = (n) => NUMBER.format(n);

/** "1 message", "2,000 messages". */
export const count = (n, noun) => `${number(n)} ${noun}${n === 1 ? '' : 's'}`;

/** A rate: one digit behind the point while it is small. */
export const rate = (n) => (n > 0 && n < 10 ? n.toFixed(1) : NUMBER.format(Math.round(n)));

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

/** A size: 512 B, 1.5 KiB, 12 MiB. */
export function bytes(size) {
  const unit = Math.min(UNITS.length - 1, size < 1024 ? 0 : Math.floor(Math.log2(size) / 10));
  const value = size / 1024 ** unit;
  return `${unit > 0 && value < 10 ? value.toFixed(1) : NUMBER.format(Math.round(value))} ${UNITS[unit]}`;
}

/** How long something took or has been: 12 s, 5 min, 3 h, 2 d. */
export function span(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const ago = (time, now) => `${span(now - Date.parse(time))} ago`;

export function took(millis) {
  if (millis < 1000) return `${Math.round(millis)} ms`;
  return millis < 60_000 ? `${(millis / 1000).toFixed(1)} s` : span(millis);
}

/** The time of day, with the day if that is not today. */
export function clock(time) {
  const date = new Date(time);
  return (date.toDateString() === new Date().toDateString() ? CLOCK : DAY_AND_CLOCK).format(date);
}

/** Date, time and zone, for titles. */
export const exactly = (time) => EXACT.format(new Date(time));

/** "sms:+61491570006" in its two parts. */
export function parts(to) {
  const colon = to.indexOf(':');
  return { channel: to.slice(0, colon), rest: to.slice(colon + 1) };
}
