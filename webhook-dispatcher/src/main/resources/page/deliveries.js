// What became of events: a list that is kept up to date, each row with its attempts, its request and why.

import { call, get } from './api.js';
import { attempt, button, chip, decisions, element, every, say, time, TONES } from './parts.js';

const REFRESH = 3_000; // ms
const SOON = [300, 1_000, 2_000]; // ms after something was asked for
const STATES = { '': 'all', 'dead-letter': 'dead letters', parked: 'parked', delivered: 'delivered', ended: 'ended otherwise' };

/** The list with its controls; `refreshSoon` of it is for who has asked for something. */
export function deliveries({ endpoint, endpoints, stop, state: initial = '' }) {
  const rows = new Map(); // by id
  const list = element('ol', 'deliveries', { 'aria-label': 'Deliveries, the latest first' });
  const none = element('p', 'more', {}, 'Nothing is on record.');
  const states = element('select', '', { 'aria-label': 'Which' },
    ...Object.entries(STATES).map(([value, text]) => element('option', '', { value, selected: value === initial }, text)));
  const older = button('Older', () => attempt(() => load(next)), '', { hidden: true });
  let next;
  let asked = 0;

  async function load(cursor) {
    const mine = ++asked;
    const page = await get('deliveries', { endpoint, state: states.value, limit: 20, cursor });
    if (mine !== asked || stop.aborted) {
      return; // somebody has chosen others since
    }
    const known = page.items.filter(({ id }) => rows.has(id)).length;
    if (!cursor && known === 0) {
      rows.clear();
    }
    page.items.forEach((delivery) => {
      const row = rows.get(delivery.id) ?? new Row(delivery, endpoint ? undefined : endpoints, refreshSoon);
      row.update(delivery);
      rows.delete(delivery.id); // to its new place
      rows.set(delivery.id, row);
    });
    if (cursor || known === 0) {
      next = page.next ?? undefined;
    }
    draw();
  }

  function draw() {
    const shown = [...rows.values()]
      .filter(({ delivery }) => !states.value || delivery.state === states.value)
      .sort((one, other) => other.delivery.at.localeCompare(one.delivery.at));
    shown.forEach(({ root }, i) => {
      if (list.children[i] !== root) {
        list.insertBefore(root, list.children[i] ?? null);
      }
    });
    while (list.children.length > shown.length) {
      list.lastElementChild.remove();
    }
    none.hidden = shown.length > 0;
    older.hidden = !next;
  }

  function refreshSoon() {
    SOON.forEach((millis) => setTimeout(() => stop.aborted || load().catch(() => {}), millis));
  }

  states.addEventListener('change', () => {
    rows.clear();
    attempt(() => load());
  });
  every(REFRESH, () => load(), stop);
  attempt(() => load());
  const parts = [element('div', 'choice', {}, states), list, none, older];
  parts.refreshSoon = refreshSoon;
  return parts;
}

class Row {
  #known = ''; // what the open row shows
  #body = element('div', 'body');
  #summary = element('summary');

  constructor(delivery, endpoints, changed) {
    this.delivery = delivery;
    this.endpoints = endpoints;
    this.changed = changed;
    this.details = element('details', '', { ontoggle: () => this.#open() }, this.#summary, this.#body);
    this.root = element('li', '', {}, this.details);
  }

  update(delivery) {
    this.delivery = delivery;
    const { state, reason, at, attempts, due, messageId, endpoint } = delivery;
    const more = [
      this.endpoints ? this.endpoints.url(endpoint) : '',
      reason && reason !== state ? reason : '',
      attempts ? `${attempts} attempt${attempts === 1 ? '' : 's'}` : '',
    ];
    const text = JSON.stringify([state, at, more, due]);
    if (text !== this.text) {
      this.text = text;
      this.#summary.replaceChildren(
        chip(state, TONES[state]),
        time(at),
        element('code', '', {}, messageId),
        element('span', 'more', {}, more.filter((one) => one).join(' · '), ...(due ? [' · due ', time(due)] : [])));
    }
    this.#open();
  }

  /** Loads what is inside when it is looked at, and again when the delivery has moved on. */
  async #open() {
    if (!this.details.open || this.#known === this.text) {
      return;
    }
    this.#known = this.text;
    const { id, endpoint, messageId } = this.delivery;
    await attempt(async () => {
      const [why, attempts, request] = await Promise.all([
        get(`endpoints/${endpoint}/why`, { event: messageId }),
        get(`deliveries/${id}/attempts`, { limit: 100 }),
        get(`deliveries/${id}/request`),
      ]);
      this.#body.replaceChildren(
        button('Send again', () => attempt(() => this.#resend())),
        element('h4', '', {}, 'Decisions'),
        decisions(why),
        element('h4', '', {}, 'Request'),
        ...sent(request),
        element('h4', '', {}, attempts.items.length ? 'Answers' : 'No answers: no call was made'),
        ...attempts.items.map(answer));
    });
  }

  async #resend() {
    await call('POST', `deliveries/${this.delivery.id}/resend`, { headers: { 'Idempotency-Key': crypto.randomUUID() } });
    say('It is sent again.');
    this.changed();
  }
}

function sent({ method, url, headers, body, bodyBytes, kept }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const content = body ?? (bodyBytes ? `${bodyBytes} bytes that are no text` : '');
  return [
    element('pre', '', { tabindex: '0', 'aria-label': 'Request' }, [`${method} ${url}`, ...lines, '', content].join('\n').trimEnd()),
    element('p', 'more', {}, kept
      ? 'By the present settings; each attempt adds a timestamp and a signature.'
      : 'What the event was is not kept any more.'),
  ];
}

function answer({ number, at, trigger, status, reason, detail, responseHead, timings }) {
  const took = timings.total === null ? '' : `${timings.total} ms`;
  return element('div', 'answer', {},
    element('b', '', {}, `${number}. ${status ?? reason}`),
    time(at),
    element('span', 'more', {}, [trigger === 'schedule' ? '' : trigger, status ? reason : '', took, detail].filter((one) => one).join(' · ')),
    responseHead ? element('pre', '', { tabindex: '0', 'aria-label': `Answer ${number}` }, responseHead) : undefined);
}
