import { html, nothing } from 'lit';
import { api } from '../api.js';
import { Page } from '../page.js';
import { address } from '../route.js';
import { block, line } from '../untrusted.js';

const LONGEST_BODY = 20_000;

/** One template for each channel and language, and what it makes of variables. */
class TemplatePage extends Page {
  static properties = { variants: { state: true }, made: { state: true }, wrong: { state: true } };

  async refresh() {
    if (this.variants) return;
    this.variants = (await api.template(this.route.item)).items;
    this.problem = undefined;
  }

  async #preview(event) {
    event.preventDefault();
    const { variant, variables } = Object.fromEntries(new FormData(event.target));
    const { channel, locale } = this.variants[variant];
    this.made = this.wrong = undefined;
    try {
      this.made = await api.previewTemplate(this.route.item, { channel, locale, variables: JSON.parse(variables) });
    } catch (failure) {
      this.wrong = words(failure);
    }
  }

  #form() {
    const names = [...new Set(this.variants.flatMap(({ variables }) => variables))].sort();
    const sample = JSON.stringify(Object.fromEntries(names.map((name) => [name, name])), null, 2);
    return html`
      <form class="bar" aria-label="Preview" @submit=${this.#preview}>
        <label>For <select name="variant">${this.variants.map((each, index) => html`<option value=${index}>${where(each)}</option>`)}</select></label>
        <label class="wide">Variables, as JSON <textarea name="variables" rows=${Math.min(names.length + 2, 12)} spellcheck="false"
          .value=${sample}></textarea></label>
        <button class="primary">Preview</button>
      </form>
      ${this.wrong ? html`<p class="problem" role="alert">${line(this.wrong, 1000)}</p>` : nothing}
      ${this.made ? this.#made() : nothing}
    `;
  }

  #made() {
    const { subject, body, html: isHtml } = this.made;
    return html`<div role="status">
      ${subject ? html`<p class="bar"><b>${line(subject, 500)}</b></p>` : nothing}
      <blockquote data-made>${block(body, LONGEST_BODY)}</blockquote>
      ${isHtml ? html`<p class="bar"><small class="quiet">HTML, as source. Nothing was sent.</small></p>` : nothing}</div>`;
  }

  #variant(variant) {
    const { version, engine, subject, body, html: isHtml } = variant;
    return html`
      <section class="card" aria-label=${where(variant)}>
        <header><h2>${where(variant)}</h2><small>version ${version}, ${engine}${isHtml ? ', HTML' : ''}</small></header>
        ${subject ? html`<p class="bar"><b>${line(subject, 500)}</b></p>` : nothing}
        <blockquote>${block(body, LONGEST_BODY)}</blockquote>
      </section>
    `;
  }

  render() {
    return html`
      ${this.title(html`Template ${line(this.route.item, 64)}`, html`<a href=${address('templates')}>‹ All templates</a>`)}
      ${this.variants
        ? html`<section class="card" aria-label="Preview">${this.#form()}</section>${this.variants.map((each) => this.#variant(each))}`
        : html`<section class="card" aria-label="Template">${this.problem ? this.problemLine() : html`<p class="empty">Reading…</p>`}</section>`}
    `;
  }
}

const words = (failure) => (failure instanceof SyntaxError
  ? `The variables are no JSON: ${failure.message}`
  : failure.errors?.map(({ message }) => message).join('; ') || failure.message);

const where = ({ channel, locale }) => `${channel ?? 'every channel'}, ${locale ?? 'any other language'}`;

customElements.define('template-page', TemplatePage);
