import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { address } from './route.js';
import { currentStep, mark, tries } from './states.js';
import { line, plain } from './untrusted.js';
import { ago, count, exactly, parts } from './words.js';

const MOST_STEPS = 8;

/** The ways to the recipient in their order: past ones struck out, the current one strong. */
export function chain(message) {
  const current = currentStep(message);
  const steps = message.reach.slice(0, MOST_STEPS).map(({ to, within }, i) => {
    const { channel, rest } = parts(to);
    const place = i < current ? 'past' : i === current ? 'current' : 'later';
    return html`${i > 0 ? html`<span class="arrow" aria-label="then">›</span>` : nothing}<span class="step ${place}"
      title=${within ? plain(`within ${within}`) : nothing}><small>${line(channel, 32)}</small> ${line(rest, 120)}</span>`;
  });
  const left = message.reach.length - MOST_STEPS;
  return html`${steps}${left > 0 ? html`<span class="arrow">›</span>${count(left, 'more step')}` : nothing}`;
}

function row(message, now) {
  const tried = tries(message);
  return html`
    <li>
      <a class="row" href=${address('messages', message.id)} data-id=${message.id}>
        ${mark(message.state)}
        <span class="chain">${chain(message)}</span>
        <span class="body">${line(message.body, 160)}</span>
        <span class="tries">${tried === 0 ? '' : count(tried, 'attempt')}</span>
        <time class="age" datetime=${message.acceptedAt} title=${exactly(message.acceptedAt)}>${ago(message.acceptedAt, now)}</time>
      </a>
    </li>
  `;
}

/** Messages, one a line; each is a link to its page. */
export const messageRows = (items, now) => html`
  <div class="row heading" aria-hidden="true">
    <span>State</span><span class="chain">To</span><span class="body">Body</span><span class="tries">Attempts</span><span class="age">Accepted</span>
  </div>
  <ul class="messages">${repeat(items, (message) => message.id, (message) => row(message, now))}</ul>
`;
