import { canCancel, canResolve, canRetry } from './states.js';
import { count } from './words.js';

const RESOLVE = 'post /api/messages/{id}/resolve';
const ALL = 'post /api/messages/actions';

const CANCEL = {
  action: 'cancel', danger: true, yes: 'Cancel',
  one: 'Cancel…', all: 'Cancel all…',
  title: (what) => `Cancel ${what}?`,
  text: 'What is cancelled is not sent. It can be retried later.',
};
const RETRY = {
  action: 'retry', yes: 'Retry',
  one: 'Retry…', all: 'Retry all…',
  title: (what) => `Retry ${what}?`,
  text: 'It becomes PENDING again, from its first step, with a new budget of attempts.',
};
const ARRIVED = {
  action: 'resolve', outcome: 'arrived', yes: 'It arrived',
  one: 'It arrived…', all: 'All arrived…',
  title: (what) => `Record that ${what} arrived?`,
  text: 'It becomes SENT, and nothing more is sent.',
};
const NOT_ARRIVED = {
  action: 'resolve', outcome: 'not-arrived', yes: 'It did not arrive',
  one: 'It did not arrive…', all: 'None arrived…',
  title: (what) => `Record that ${what} did not arrive?`,
  text: 'It goes on with its next step, or becomes DEAD if there is none.',
};
const TRY_AGAIN = {
  action: 'resolve', outcome: 'retry', yes: 'Try again', danger: true,
  one: 'Try again…', all: 'Try all again…',
  title: (what) => `Try ${what} again?`,
  text: 'It becomes PENDING again, from its first step. What did arrive will arrive twice.',
};
const RETRY_UNKNOWN = { ...TRY_AGAIN, action: 'retry', outcome: undefined };

function actions(state, canRecord) {
  if (canCancel(state)) return [CANCEL];
  if (canRetry(state)) return [RETRY];
  if (!canResolve(state)) return [];
  return canRecord ? [ARRIVED, NOT_ARRIVED, TRY_AGAIN] : [RETRY_UNKNOWN];
}

/** What a person can do about one message in this state, on a server that can do this much. */
export const actionsOnOne = (state, features) => actions(state, features.has(RESOLVE));

/** What a person can do about all messages in this state. */
export const actionsOnAll = (state) => actions(state, true);

export const canActOnAll = (features) => features.has(ALL);

export const canResolveOne = (features) => features.has(RESOLVE);

export function questionOnOne({ title, text, yes, danger }) {
  return { title: title('this message'), text, yes, danger, note: true };
}

/** The question says how many messages a dry run found. */
export function questionOnAll({ title, text, yes, danger }, { matched, more }, filter) {
  const what = `${more ? 'the first ' : ''}${count(matched, 'message')}`;
  return { title: title(what), text: `${text} Filter: ${filter}.`, yes, danger, note: true };
}
