/** The server said no: `status` as in HTTP, `message` for people. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The server did not answer at all. */
export class Silence extends Error {}

const PATIENCE_MILLIS = 8000;
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

  overview: () => call('GET', '/api/overview'),
  clients: (limit) => call('GET', `/api/clients?limit=${limit}`),
  messages: ({ state, limit }) =>
    call('GET', `/api/messages?${new URLSearchParams({ limit, ...(state && { state }) })}`),
  retry: (id) => call('POST', `/api/messages/${id}/retry`),
  cancel: (id) => call('POST', `/api/messages/${id}/cancel`),
  dispatch: (wanted) => call('POST', `/api/messaging/${wanted === 'RUNNING' ? 'start' : 'stop'}`),
};

async function call(method, path) {
  const response = await answer(method, path);
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Refusal(response.status, body.detail ?? body.message ?? `The server answered ${response.status}.`);
  }
  return body;
}

async function answer(method, path) {
  try {
    return await fetch(path, {
      method,
      headers: { Authorization: `Bearer ${api.token}` },
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
  } catch (cause) {
    throw new Silence('The server does not answer.', { cause });
  }
}
