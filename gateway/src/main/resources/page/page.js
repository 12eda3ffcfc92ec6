// Three panels that show the same events, each over its own transport. A panel keeps the cursor of what it has shown
// last; whenever it connects again, for whatever reason, it goes on from there.

import { longPoll, serverSentEvents, webSocket } from './transports.js';

const ROWS = 100; // kept in a panel's list
const SEEN = 10_000; // ids kept to recognise duplicates
const RETRY_MAX = 10_000; // ms

const form = (id) => document.getElementById(id).elements;
const parts = (text) => text.split(/[\s,]+/).filter((part) => part);
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

let channels = parts(form('subscribe').channels.value);

function element(tag, style, text) {
  const made = document.createElement(tag);
  made.className = style;
  made.textContent = text;
  return made;
}

// ---- panels

class Panel {
  events = 0;
  gaps = 0;
  duplicates = 0;
  replayed = 0;
  opens = 0;
  failures = 0;
  delay = 0; // what the gateway asked for before the next connection
  cursor = '';
  live = false;
  seen = new Set();

  constructor(transport, name, open) {
    this.transport = transport;
    this.open = open;
    this.root = document.getElementById('panel').content.firstElementChild.cloneNode(true);
    this.root.id = transport;
    this.root.setAttribute('aria-label', name);
    this.part('h2').textContent = name;
    this.part('.log').setAttribute('aria-label', `${name}: events, newest first`);
    this.part('.copy').setAttribute('aria-label', `Copy the last id of ${name}`);
    this.part('.copy').onclick = () => this.copy();
    this.part('.toggle').onclick = () => (this.close ? this.disconnect() : this.connect());
    document.getElementById('panels').append(this.root);
    this.connect();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  address(more = {}) {
    const url = new URL('v1/events', document.baseURI);
    channels.forEach((channel) => url.searchParams.append('channel', channel));
    const cursor = this.cursor ? { cursor: this.cursor } : {};
    for (const [name, value] of Object.entries({ transport: this.transport, format: 'json', ...cursor, ...more })) {
      url.searchParams.set(name, value);
    }
    return url;
  }

  connect() {
    this.state(this.opens ? 'reconnecting' : 'connecting');
    this.close = this.open(this);
  }

  disconnect() {
    this.stop();
    this.state('disconnected');
    this.news(`Stopped at ${clock.format()}. Reconnect to get what goes by.`);
  }

  stop() {
    clearTimeout(this.timer);
    this.close?.();
    this.close = null;
  }

  opened() {
    this.state('live');
    this.failures = this.delay = 0;
    this.part('.reconnects').textContent = this.opens++;
    this.replayed = 0;
    this.since = this.cursor ? Date.now() : 0; // events from before were published while nobody listened here
    this.news(this.since ? 'Resumed where it stopped: no events to replay.' : `Live since ${clock.format()}.`);
  }

  /** The connection has ended, and nobody here has asked for it. */
  async ended() {
    const ours = this.close;
    const refused = this.live ? '' : await this.refusal();
    if (this.close !== ours) {
      return; // something else has been decided meanwhile
    }
    if (refused) {
      this.stop();
      this.state('refused');
      this.news(refused);
    } else {
      this.state('reconnecting');
      const wait = this.delay || Math.min(RETRY_MAX, 500 * 2 ** this.failures++) * (0.5 + Math.random());
      this.timer = setTimeout(() => this.connect(), wait);
    }
  }

  /** Why the gateway will have none of it, which neither EventSource nor WebSocket tell; empty if it may later. */
  async refusal() {
    const stop = new AbortController();
    try {
      const answer = await fetch(this.address({ wait: 0 }), { signal: stop.signal });
      const final = answer.status >= 400 && answer.status < 500 && answer.status !== 426;
      return final ? (await answer.json()).detail : '';
    } catch {
      return '';
    } finally {
      stop.abort();
    }
  }

  /** An event, or something about the connection: the same objects on all transports. */
  take(message) {
    switch (message.type ?? 'event') {
      case 'event':
        this.event(message);
        break;
      case 'ready':
        this.opened();
        break;
      case 'gap': {
        const { topic, partition, from, to, reason } = message;
        this.part('.gaps').textContent = ++this.gaps;
        this.part('.gaps').parentElement.classList.add('bad');
        this.row('gap', new Date(), { title: 'Gap', chip: reason, more: `${topic}/${partition}, ${from} to ${to}` });
        break;
      }
      case 'error':
        this.news(message.detail);
        break;
      case 'going-away':
        this.delay = message.reconnectAfterMs;
        this.news(`The gateway asks to come back in ${Math.ceil(this.delay / 1000)} s: ${message.reason}.`);
        break;
    }
    this.moved(message.cursor);
  }

  event(event) {
    const time = new Date(event.time);
    const names = [event.id, `${event.channel} ${event.eventId}`];
    const duplicate = names.some((name) => this.seen.has(name));
    const replayed = time < this.since;
    names.forEach((name) => this.seen.add(name));
    while (this.seen.size > SEEN) {
      this.seen.delete(this.seen.values().next().value);
    }
    this.part('.events').textContent = ++this.events;
    if (duplicate) {
      this.part('.duplicates').textContent = ++this.duplicates;
      this.part('.duplicates').parentElement.classList.add('bad');
    }
    if (replayed) {
      this.replayed++;
      this.news(`Resumed where it stopped: ${this.replayed} event${this.replayed > 1 ? 's' : ''} replayed.`);
    } else if (time > this.since + 2000) {
      this.since = 0; // the replay is over; old times from now on are the publishers'
    }
    this.row(duplicate ? 'duplicate' : replayed ? 'replayed' : '', time, describe(event));
    this.moved(event.id);
  }

  row(mark, time, { title, chip, tone = '', more }) {
    const row = element('li', mark, '');
    const line = element('span', 'line', '');
    line.append(element('b', '', title));
    if (chip) {
      line.append(element('span', `chip ${tone}`, chip));
    }
    row.append(line, element('time', '', clock.format(time)));
    row.append(element('span', 'more', more), element('span', 'mark', mark));
    const log = this.part('.log');
    log.prepend(row);
    while (log.children.length > ROWS) {
      log.lastElementChild.remove();
    }
  }

  moved(cursor) {
    if (cursor) {
      this.cursor = cursor;
      const shown = this.part('.cursor code');
      shown.textContent = cursor.length > 24 ? `${cursor.slice(0, 10)}…${cursor.slice(-12)}` : cursor;
      shown.title = cursor;
      this.part('.copy').disabled = false;
    }
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.cursor);
      this.news('The last id is copied.');
    } catch {
      prompt('The last id', this.cursor); // no clipboard without HTTPS or localhost
    }
  }

  state(state) {
    this.live = state === 'live';
    this.root.dataset.state = state;
    this.part('.state').textContent = state;
    this.part('.toggle').textContent = ['disconnected', 'refused'].includes(state) ? 'Reconnect' : 'Disconnect';
  }

  /** Shown at once, but spoken only when it has settled: a replay would be read out number by number. */
  news(text) {
    const line = this.part('.news');
    line.setAttribute('aria-busy', 'true');
    line.textContent = text;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => line.setAttribute('aria-busy', 'false'), 500);
  }
}

// ---- what an event says: the demo's kinds in words, anything else as it is

function describe({ channel, data, deleted, data_base64: binary }) {
  const { order, status, customer, items, total, symbol, price, change, name, text, level, currency = '' } = data ?? {};
  if (order && status) {
    const count = Array.isArray(items) ? `${items.length} item${items.length === 1 ? '' : 's'}` : '';
    const more = [customer, count, money(total, currency)].filter((part) => part).join(' · ');
    return { title: `Order ${order}`, chip: status, tone: status, more };
  }
  if (symbol && price) {
    const moved = Number(change) || 0;
    const [sign, tone] = moved < 0 ? ['−', 'down'] : moved > 0 ? ['+', 'up'] : ['', ''];
    const chip = sign + Math.abs(moved).toFixed(2);
    return { title: `${symbol} ${money(price, currency)}`, chip, tone, more: name ?? channel };
  }
  if (text) {
    return { title: text, chip: level, tone: level, more: channel };
  }
  const title = deleted ? 'Deleted' : binary ? 'Binary data' : typeof data === 'string' ? data : JSON.stringify(data);
  return { title: title.slice(0, 1000), more: channel };
}

function money(amount, currency) {
  return amount === undefined ? '' : `${Number(amount).toFixed(2)} ${currency}`.trim();
}

// ---- the page

const panels = [
  new Panel('ws', 'WebSocket', webSocket),
  new Panel('sse', 'SSE', serverSentEvents),
  new Panel('poll', 'Long-poll', longPoll),
];

document.getElementById('subscribe').onsubmit = (submit) => {
  submit.preventDefault();
  channels = parts(submit.target.elements.channels.value);
  for (const panel of panels.filter((panel) => panel.root.dataset.state !== 'disconnected')) {
    panel.stop();
    panel.connect();
  }
};

document.getElementById('publish').onsubmit = async (submit) => {
  submit.preventDefault();
  const { channel, text } = submit.target.elements;
  const told = submit.target.querySelector('.message');
  const url = new URL('v1/events', document.baseURI);
  url.searchParams.set('channel', channel.value.trim());
  try {
    const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: text.value });
    const body = await answer.json();
    told.textContent = answer.ok ? `Published to ${channel.value}: ${body.events[0].id}` : body.detail;
    told.classList.toggle('failed', !answer.ok);
    text.value = answer.ok ? '' : text.value;
  } catch {
    told.textContent = 'The gateway cannot be reached: nothing is published.';
    told.classList.add('failed');
  }
};
