import { Inbox } from './inbox.js';

// Adopted, and not written into the page, so that a policy for its styles (CSP) does not forbid it.
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: block; font: inherit; color: inherit; }
  header { display: flex; gap: .5em; align-items: baseline; justify-content: space-between; }
  h2 { font-size: 1.1em; margin: 0; }
  ol { list-style: none; margin: .5em 0; padding: 0; }
  li { display: grid; grid-template-columns: 1fr auto; gap: .1em .5em; padding: .5em; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
  li.unread strong::before { content: '\\25CF'; margin-inline-end: .4em; }
  p { margin: 0; grid-column: 1 / -1; white-space: pre-line; overflow-wrap: anywhere; }
  time { opacity: .7; font-size: .85em; }
  menu { display: flex; gap: .5em; margin: 0; padding: 0; grid-column: 1 / -1; }
  button { font: inherit; font-size: .85em; }
`);

/**
 * `<signalbox-inbox>`: shows an inbox once its property `client` is set to a connected client. Bodies are shown as text, HTML ones
 * without their markup. The event `unread` (`detail`: a number) tells when the count has changed. Texts are those of the attributes
 * `label`, `label-empty`, `label-read`, `label-unread`, `label-archive`, `label-all` and `label-more`.
 */
export class InboxElement extends HTMLElement {
  #inbox = null;
  #unread = -1;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [STYLE];
  }

  /** The inbox that it shows. */
  get inbox() {
    return this.#inbox;
  }

  set client(client) {
    this.#leave();
    if (client) {
      const inbox = new Inbox(client);
      this.#inbox = inbox;
      inbox.addEventListener('change', () => inbox === this.#inbox && this.#render());
      this.#try(inbox.open());
    }
  }

  disconnectedCallback() {
    this.#leave();
  }

  #leave() {
    this.#inbox?.close().catch(() => {}); // the connection may be gone, and the subscription with it
    this.#inbox = null;
  }

  /** What fails is told as the event `problem`. */
  #try(promise) {
    promise.catch((error) => this.dispatchEvent(new CustomEvent('problem', { detail: error })));
  }

  #label(name, usual) {
    return this.getAttribute(name ? `label-${name}` : 'label') ?? usual;
  }

  #render() {
    const inbox = this.#inbox;
    const focused = this.shadowRoot.activeElement?.dataset.key;
    const title = element('h2', this.#label('', 'Inbox'), { id: 'title' });
    const header = element('header', [
      title,
      element('span', String(inbox.unread), { role: 'status', ariaLabel: this.#label('unread', 'unread') }),
      this.#button('all', this.#label('all', 'Mark all as read'), () => inbox.markAll('READ'), inbox.unread === 0),
    ]);
    const list = element('ol', inbox.items.map((item) => this.#item(item)));
    list.setAttribute('aria-labelledby', 'title');
    const rest = inbox.hasMore ? [this.#button('more', this.#label('more', 'More'), () => inbox.more())] : [];
    const none = inbox.items.length === 0 ? [element('p', this.#label('empty', 'Nothing here.'))] : [];
    this.shadowRoot.replaceChildren(header, list, ...none, ...rest);
    [...this.shadowRoot.querySelectorAll('button')].find((each) => each.dataset.key === focused)?.focus();
    if (inbox.unread !== this.#unread) {
      this.#unread = inbox.unread;
      this.dispatchEvent(new CustomEvent('unread', { detail: inbox.unread }));
    }
  }

  #item(item) {
    const unread = item.state === 'UNREAD';
    const toggle = unread
      ? this.#button(`read ${item.id}`, this.#label('read', 'Mark as read'), () => this.#inbox.mark(item.id, 'READ'))
      : this.#button(`read ${item.id}`, this.#label('unread', 'Mark as unread'), () => this.#inbox.mark(item.id, 'UNREAD'));
    const archive = this.#button(
      `archive ${item.id}`, this.#label('archive', 'Archive'), () => this.#inbox.mark(item.id, 'ARCHIVED'));
    return element('li', [
      element('strong', item.subject ?? ''),
      element('time', new Date(item.at).toLocaleString(), { dateTime: item.at }),
      element('p', item.html ? textOf(item.body) : item.body),
      element('menu', [toggle, archive]),
    ], { className: unread ? 'unread' : 'read' });
  }

  #button(key, label, action, disabled = false) {
    const button = element('button', label, { type: 'button', disabled });
    button.dataset.key = key;
    button.addEventListener('click', () => this.#try(action()));
    return button;
  }
}

function element(name, content, properties = {}) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...[content].flat());
  return made;
}

/** The text of a document that runs nothing and loads nothing. */
function textOf(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  parsed.querySelectorAll('script, style, template').forEach((each) => each.remove());
  return parsed.body.textContent.trim();
}

customElements.define('signalbox-inbox', InboxElement);
