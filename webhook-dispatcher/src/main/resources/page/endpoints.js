// The list of endpoints, and how each stands.

import { get } from './api.js';
import { chip, count, element, every, part } from './parts.js';

const REFRESH = 5_000; // ms

export class Endpoints {
  #items = new Map(); // by id
  #next;
  #tenant;
  #selected = '';
  #drawn = '';

  constructor(isConsole) {
    this.isConsole = isConsole;
    part('more').onclick = () => this.load(this.#next);
    part('whose-endpoints').onsubmit = (submit) => {
      submit.preventDefault();
      this.#tenant = submit.target.elements.tenant.value.trim();
      this.load();
    };
    every(REFRESH, () => this.states(), new AbortController().signal);
  }

  async load(cursor) {
    const page = await get('endpoints', { tenant: this.#tenant, cursor });
    if (!cursor) {
      this.#items.clear();
    }
    page.items.forEach((endpoint) => this.#items.set(endpoint.id, { endpoint }));
    this.#next = page.next ?? undefined;
    part('more').hidden = !this.#next;
    await this.states();
  }

  /** Those of the endpoints that are shown. */
  async states() {
    let cursor;
    for (let read = 0; read < this.#items.size && document.querySelector('main:not([hidden])'); read += 50) {
      const page = await get('states', { tenant: this.#tenant, cursor });
      page.items.forEach((state) => {
        const item = this.#items.get(state.endpoint);
        if (item) {
          item.state = state;
        }
      });
      cursor = page.next ?? undefined;
      if (!cursor) {
        break;
      }
    }
    this.draw();
  }

  state(id) {
    return this.#items.get(id)?.state;
  }

  url(id) {
    return this.#items.get(id)?.endpoint.url ?? id;
  }

  get tenant() {
    return this.#tenant;
  }

  select(id) {
    this.#selected = id;
    this.draw();
  }

  draw() {
    const known = JSON.stringify([this.#selected, ...this.#items.values()]);
    if (known === this.#drawn) {
      return; // whoever is in the list stays there
    }
    this.#drawn = known;
    const rows = [this.#row('', 'All endpoints', [])];
    for (const [id, { endpoint, state }] of this.#items) {
      const notes = [chips(endpoint), this.isConsole ? endpoint.tenant : endpoint.description, waiting(state)];
      rows.push(this.#row(id, endpoint.url, notes));
    }
    if (!this.#items.size) {
      rows.push(element('li', 'more', {}, 'None yet. A new one gets each event that happens from then on.'));
    }
    const focused = document.activeElement?.getAttribute('href');
    part('list').replaceChildren(...rows);
    if (focused?.startsWith('#/')) {
      part('list').querySelector(`a[href="${focused}"]`)?.focus();
    }
  }

  #row(id, title, notes) {
    const current = id === this.#selected ? { 'aria-current': 'page' } : {};
    return element('li', '', {},
      element('a', '', { href: `#/${id}`, ...current },
        element('b', '', {}, title),
        ...notes.filter((note) => note).map((note) => (note instanceof Node ? note : element('span', 'more', {}, note)))));
  }
}

/** Whether it gets anything. */
export function chips(endpoint) {
  const [text, tone] = endpoint.disabledReason
    ? [`disabled: ${endpoint.disabledReason}`, 'bad']
    : !endpoint.enabled
      ? ['paused', 'warn']
      : endpoint.failingSince
        ? ['failing', 'bad']
        : endpoint.pausedUntil
          ? ['asked to wait', 'warn']
          : ['active', 'good'];
  return chip(text, tone);
}

function waiting(state) {
  const parts = [];
  if (state?.parked) {
    parts.push(`${count(state.parked, 'parked', 'parked')}`);
  }
  if (state?.deadLetters) {
    parts.push(count(state.deadLetters, 'dead letter'));
  }
  if (state?.lane && state.lane.breaker !== 'closed') {
    parts.push(`breaker ${state.lane.breaker}`);
  }
  return parts.join(' · ');
}
