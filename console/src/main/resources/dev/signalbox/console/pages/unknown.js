import { html } from 'lit';
import { Page } from '../page.js';
import { address, PAGES } from '../route.js';

/** An address that names no page. */
class UnknownPage extends Page {
  render() {
    return html`${this.title('No such page')}
      <p>The console has these: ${PAGES.map((page) => html`<a href=${address(page)}>${page}</a> `)}</p>`;
  }
}

customElements.define('unknown-page', UnknownPage);
