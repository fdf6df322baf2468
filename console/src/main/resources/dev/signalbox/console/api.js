/** The server refused: `status` as in HTTP, `message` for people, `errors` by field if it named fields. */
export class Refusal extends Error {
  constructor(status, { detail, message, errors } = {}) {
    super(detail ?? message ?? `The server answered ${status}.`);
    this.status = status;
    this.errors = errors ?? [];
  }
}

/** The server did not answer. */
export class Silence extends Error {}

const TIMEOUT_MILLIS = 8000;
const LONG_TIMEOUT_MILLIS = 60_000;
const KEY = 'signalbox.token';

/** Talks to the REST API. The token lives as long as the tab, and never appears in an address. */
export const api = {
  get token() {
    return sessionStorage.getItem(KEY);
  },

  set token(token) {
    if (token) {
      sessionStorage.setItem(KEY, token);
    } else {
      sessionStorage.removeItem(KEY);
    }
  },

  description: () => call('GET', '/openapi.json'),
  overview: () => call('GET', '/api/overview'),
  settings: () => call('GET', '/api/settings'),
  clients: (query, signal) => call('GET', `/api/clients${search(query)}`, { signal }),
  topics: (query, signal) => call('GET', `/api/topics${search(query)}`, { signal }),
  topic: (name) => call('GET', topicPath(name)),
  topicMessages: (name, query) => call('GET', `${topicPath(name)}/messages${search(query)}`),
  presence: (topic, query) => call('GET', `${topicPath(topic)}/presence${search(query)}`),
  cluster: () => call('GET', '/api/cluster'),
  messages: (query, signal) => call('GET', `/api/messages${search(query)}`, { signal, timeout: LONG_TIMEOUT_MILLIS }),
  message: (id) => call('GET', `/api/messages/${encodeURIComponent(id)}`),
  batches: (query, signal) => call('GET', `/api/batches${search(query)}`, { signal }),
  act: (id, action, body) => call('POST', `/api/messages/${encodeURIComponent(id)}/${action}`, { body }),
  actOnAll: (body) => call('POST', '/api/messages/actions', { body, timeout: LONG_TIMEOUT_MILLIS }),
  dispatch: (wanted) => call('POST', `/api/messaging/${wanted === 'RUNNING' ? 'start' : 'stop'}`),
  maintain: (wanted, reason = '') => (wanted
    ? call('POST', '/api/maintenance', { body: { reason } })
    : call('DELETE', '/api/maintenance')),
  endpoints: (query, signal) => call('GET', `/api/webhooks/endpoints${search(query)}`, { signal }),
  createEndpoint: (body) => call('POST', '/api/webhooks/endpoints', { body, timeout: LONG_TIMEOUT_MILLIS }),
  actOnEndpoint: (id, action, body) => call('POST', `/api/webhooks/endpoints/${encodeURIComponent(id)}/${action}`,
    { body, timeout: LONG_TIMEOUT_MILLIS }),
  templates: (query, signal) => call('GET', `/api/templates${search(query)}`, { signal }),
  template: (name) => call('GET', `/api/templates/${encodeURIComponent(name)}`),
  previewTemplate: (name, body) => call('POST', `/api/templates/${encodeURIComponent(name)}/preview`, { body }),
  inbox: (recipient, query, signal) => call('GET', `${inboxPath(recipient)}${search(query)}`, { signal }),
  markInbox: (recipient, body) => call('POST', `${inboxPath(recipient)}/marks`, { body }),
  sessions: (query, signal) => call('GET', `/api/sessions${search(query)}`, { signal }),
  events: (session, query, signal) => call('GET', `${eventsPath(session)}${search(query)}`, { signal }),

  /** The response of a stream of server-sent events that begins behind `after`; it goes on until `signal` aborts it. */
  async follow(session, after, signal) {
    const response = await answer('GET', `${eventsPath(session)}${search({ after })}`, {
      headers: { Accept: 'text/event-stream' },
      signal,
    });
    if (!response.ok) throw await refusal(response);
    return response;
  },
};

const encoded = (name) => name.split('/').map(encodeURIComponent).join('/');

const eventsPath = (session) => `/api/sessions/${encoded(session)}/events`;

/** A slash of the name is encoded, too: one that ends with `/messages` would read as another route. */
const topicPath = (name) => `/api/topics/${encodeURIComponent(name)}`;

const inboxPath = (recipient) => `/api/inboxes/${encoded(recipient)}`;

function search(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

async function call(method, path, { body, signal, timeout = TIMEOUT_MILLIS } = {}) {
  const limit = AbortSignal.timeout(timeout);
  const response = await answer(method, path, {
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  if (!response.ok) throw await refusal(response);
  return read(response);
}

/** The timeout covers the body too: a server may go away in the middle of it. */
async function read(response) {
  try {
    return await response.json();
  } catch (cause) {
    if (cause.name === 'AbortError') throw cause;
    throw new Silence('The server’s answer could not be read.', { cause });
  }
}

async function refusal(response) {
  return new Refusal(response.status, await response.json().catch(() => ({})));
}

async function answer(method, path, { headers, ...options }) {
  try {
    return await fetch(path, {
      method,
      headers: { Authorization: `Bearer ${api.token}`, ...headers },
      cache: 'no-store',
      ...options,
    });
  } catch (cause) {
    if (cause.name === 'AbortError') throw cause;
    throw new Silence('The server does not answer.', { cause });
  }
}
