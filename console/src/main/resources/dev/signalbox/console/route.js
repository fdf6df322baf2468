/**
 * Addresses of the pages: `#/messages?state=DEAD`, `#/messages/<id>`, `#/sessions/<name>`. What a page shows is in its
 * address, so that it can be shared, and reached again with the browser's back and forward.
 */
export const PAGES = ['overview', 'messages', 'clients', 'topics', 'sessions', 'inboxes', 'webhooks', 'settings'];

/** The page, what of it, and its query, as an address names them. An address without a page is the overview's. */
export function parse(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [page, ...item] = path.split('/');
  return {
    page: page || 'overview',
    item: decode(item.join('/')),
    query: Object.fromEntries([...new URLSearchParams(query)].filter(([, value]) => value)),
  };
}

/** The address of a page; empty values of the query are left out. */
export function address(page, item = '', query = {}) {
  const given = Object.entries(query).filter(([, value]) => value);
  const search = given.length ? `?${new URLSearchParams(given)}` : '';
  return `#/${page}${item ? `/${encodeURIComponent(item)}` : ''}${search}`;
}

/** Goes there, as a click on a link does. */
export function go(to) {
  window.location.hash = to;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign typed by hand
  }
}
