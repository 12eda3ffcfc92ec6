// Which transport is next, and after how long.

const WAIT_MIN = 500; // ms
const WAIT_MAX = 20_000;
const BLOCKED = 600_000; // after so long a transport that did not work is tried again

/** How long to wait after so many failures in a row: "full jitter", so that clients do not come back together. */
export function backoff(failures, random = Math.random) {
  return random() * Math.min(WAIT_MAX, WAIT_MIN * 2 ** Math.min(failures, 10));
}

export class Choice {
  #offers; // by the gateway, while there is no doubt about it
  #suspect; // has not worked: if the gateway answers, it is this transport's fault
  #failures = 0;
  #cuts = 0;
  #blocked = new Map(); // transport → until when it is not tried
  #strikes = new Map();
  #worked = new Set();

  /** The offer to be tried now; throws if there is none. */
  async next(negotiate) {
    try {
      this.#offers ??= await negotiate();
      this.#suspect = this.#suspect && this.#strike(this.#suspect);
      const offer = this.#offers.find(({ transport }) => !this.#isBlocked(transport));
      if (!offer) {
        this.forgive();
        throw { detail: 'the gateway answers, but no transport gets through' };
      }
      return offer;
    } catch (failure) {
      this.#suspect = undefined;
      throw failure;
    }
  }

  /** One that has worked before may fail once because the gateway came back just then. */
  #strike(transport) {
    const strikes = (this.#strikes.get(transport) ?? 0) + 1;
    this.#strikes.set(transport, strikes);
    if (strikes > (this.#worked.has(transport) ? 1 : 0)) {
      this.#block(transport);
    }
  }

  #block(transport) {
    this.#blocked.set(transport, Date.now() + BLOCKED);
  }

  #isBlocked(transport) {
    return this.#blocked.get(transport) > Date.now();
  }

  worked({ transport }) {
    this.#worked.add(transport);
    this.#strikes.delete(transport);
  }

  /** Whether one that comes before this offer is worth another try. */
  isSurpassed(offer) {
    return this.#offers?.slice(0, this.#offers.indexOf(offer)).some(({ transport }) => !this.#isBlocked(transport));
  }

  /** Another network may let through what the last one did not. */
  forgive() {
    this.#blocked.clear();
  }

  /** How long to wait, in ms, after an offer, or the search for one, has ended so. */
  after(offer, { ready, clean, lived, period, blocked, expired, delay }) {
    if (ready) {
      this.#failures = 0;
      // three short lives in a row: something between here and the gateway does not bear it
      this.#cuts = clean || lived > 4 * period ? 0 : this.#cuts + 1;
      if (blocked || this.#cuts === 3) {
        this.#block(offer.transport);
        this.#cuts = 0;
      }
      return delay ?? backoff(0);
    }
    if (expired) {
      return this.#failures++ > 0 ? backoff(this.#failures) : 0;
    }
    if (delay === undefined && offer) {
      this.#suspect = offer.transport;
      this.#offers = undefined;
      return 0;
    }
    return delay ?? backoff(this.#failures++);
  }
}
