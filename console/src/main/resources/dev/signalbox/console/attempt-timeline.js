import { html, nothing } from 'lit';
import { Element } from './element.js';
import { result, shape } from './states.js';
import { block, line } from './untrusted.js';
import { ago, clock, exactly, took } from './words.js';

const LONGEST_ERROR = 2000;

/** What was tried, oldest first, and what comes next. */
class AttemptTimeline extends Element {
  static properties = { message: { attribute: false }, now: { type: Number } };

  #attempt(attempt) {
    const { verb, shape: drawn, to } = result(attempt.result);
    return html`
      <li>
        ${shape(drawn)}
        <div>
          <p><b>${line(verb)}</b> ${to ? html`<span class="to">${line(attempt.to)}</span>` : nothing}</p>
          ${attempt.providerId ? html`<small>provider’s id <code>${line(attempt.providerId)}</code></small>` : nothing}
          ${attempt.error ? html`<small class="problem">${block(attempt.error, LONGEST_ERROR)}</small>` : nothing}
          ${attempt.note ? html`<small>note: ${line(attempt.note, LONGEST_ERROR)}</small>` : nothing}
        </div>
        <small class="when">
          <time datetime=${attempt.at} title=${exactly(attempt.at)}>${clock(attempt.at)}</time>${attempt.durationMillis > 0
            ? html` · ${took(attempt.durationMillis)}`
            : nothing}
        </small>
      </li>
    `;
  }

  #next() {
    const { nextAttemptAt, state } = this.message;
    if (!nextAttemptAt) return state === 'CLAIMED' ? 'A node is attempting it now.' : '';
    return Date.parse(nextAttemptAt) <= this.now ? 'Due now.' : `Next attempt at ${clock(nextAttemptAt)}.`;
  }

  render() {
    const { attempts, acceptedAt, state } = this.message;
    const next = this.#next();
    return html`
      <ol class="timeline" aria-label="Attempts, oldest first">
        <li>
          ${shape('PENDING')}
          <p><b>Enqueued</b></p>
          <small class="when"><time datetime=${acceptedAt} title=${exactly(acceptedAt)}>${clock(acceptedAt)}</time> ·
            ${ago(acceptedAt, this.now)}</small>
        </li>
        ${attempts.map((attempt) => this.#attempt(attempt))}
        ${next ? html`<li class="next">${shape(state)}<p>${next}</p></li>` : nothing}
      </ol>
    `;
  }
}

customElements.define('attempt-timeline', AttemptTimeline);
