// One connection from its begin to its end: what comes over it, and whether it still lives.

import { described } from './requests.js';
import { transports } from './transports.js';

const PROBE = 3_000; // how long a connection may take to answer when the network has changed

export class Link {
  ready = false;
  session;
  ping; // set by transports that can ask
  renew; // set by transports that can take another token
  #client;
  #stop = new AbortController();
  #started = Date.now();
  #heard = this.#started;
  #period;
  #opening;
  #watch;
  #ended;

  /** `client`: what the subscription does with what comes, and what it knows. */
  constructor(offer, client) {
    this.offer = offer;
    this.options = client.options;
    this.tabs = client.tabs;
    this.signal = this.#stop.signal;
    this.#client = client;
    this.#period = offer.heartbeatMs ?? offer.waitMs;
  }

  /** Runs it; returns how it ended. */
  run() {
    const limit = this.options.openTimeoutMs * (this.offer.transport === 'poll' ? 3 : 1);
    this.#opening = setTimeout(() => this.end({ detail: `nothing came for ${limit} ms` }), limit);
    return new Promise((ended) => {
      this.#ended = ended;
      transports[this.offer.transport](this).catch((failure) => this.end(described(failure)));
    });
  }

  end(how) {
    if (!this.signal.aborted) {
      clearTimeout(this.#opening);
      clearInterval(this.#watch);
      this.#stop.abort();
      this.#ended({ ready: this.ready, lived: Date.now() - this.#started, period: this.#period, ...how });
    }
  }

  // --- whether it lives ---

  heard() {
    this.#heard = Date.now();
  }

  #watching() {
    clearTimeout(this.#opening);
    clearInterval(this.#watch);
    this.#watch = setInterval(() => this.check(), this.#period / 2);
  }

  get #silence() {
    return Date.now() - this.#heard;
  }

  get isSilent() {
    return this.#silence >= 2 * this.#period;
  }

  check() {
    if (this.isSilent) {
      this.end({ detail: `silence for ${this.#silence} ms` });
    } else if (this.#silence >= this.#period) {
      this.ping?.();
    }
  }

  /** The network may be another one. */
  probe() {
    const asked = Date.now();
    this.ping?.();
    const late = () => this.#heard < asked && this.end({ detail: 'no answer on this network' });
    setTimeout(late, this.ping ? PROBE : 0);
  }

  // --- what it asks ---

  fetch(path, request) {
    return this.#client.requests.fetch(path, { signal: this.signal, ...request });
  }

  url(more = {}) {
    return this.offer.url + '&' + new URLSearchParams({ ...this.options.parameters, ...this.#client.start(), ...more });
  }

  /** The whole URL, for what can send no header. */
  async ticketed() {
    const ticket = await this.#client.requests.ticket(this.signal);
    return this.#client.base + this.url(ticket);
  }

  isSurpassed() {
    return this.#client.choice.isSurpassed(this.offer);
  }

  // --- what comes ---

  opened({ heartbeatMs = this.#period, session, transport = this.offer.transport } = {}) {
    if (!this.ready) {
      this.ready = true;
      this.session = session;
      this.#period = heartbeatMs;
      this.#watching();
      this.#client.opened(this.offer, transport);
    }
  }

  /** The tab that receives for this one is not connected. */
  paused() {
    if (this.ready) {
      this.ready = false;
      this.#client.paused(this.offer);
    }
    this.#watching();
  }

  moved(cursor) {
    if (!this.signal.aborted) {
      this.#client.deliver(undefined, cursor);
    }
  }

  take(message) {
    this.heard();
    if (this.signal.aborted) {
      return;
    }
    const { type, id, cursor, ...rest } = message;
    switch (type) {
      case undefined:
      case 'event':
        if (rest.data_base64 !== undefined) {
          rest.data = Uint8Array.from(atob(rest.data_base64), (char) => char.charCodeAt(0));
          delete rest.data_base64;
        }
        this.#client.deliver('message', id, rest);
        break;
      case 'ready':
        this.moved(cursor);
        this.opened(message);
        break;
      case 'cursor':
        this.moved(cursor);
        break;
      case 'gap':
      case 'revoked':
        this.#client.deliver(type, cursor ?? this.#client.cursor, rest);
        break;
      case 'token-expiring':
        this.moved(cursor ?? this.#client.cursor);
        this.#renew();
        break;
      default: // answers, and notices whose sense is in the close that follows
    }
  }

  async #renew() {
    const token = await this.#client.requests.renewed();
    if (token && !this.signal.aborted) {
      await this.renew?.(token);
    }
  }
}
