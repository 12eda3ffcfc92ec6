// The page's connection: the library, over a network that can be cut, and a check of what comes.

import { Fanfare } from './fanfare.js';

const SEEN = 10_000; // ids and channels kept

/** What lies between the page and the gateway, with a switch. */
class Network {
  isCut = false;
  #off = new AbortController();
  #sockets = new Set();

  constructor() {
    const network = this;
    this.fetch = async (url, { signal = network.#off.signal, ...request } = {}) => {
      if (network.isCut) {
        throw new TypeError('the network is cut');
      }
      return fetch(url, { ...request, signal: AbortSignal.any([signal, network.#off.signal]) });
    };
    this.WebSocket = class extends WebSocket {
      constructor(...address) {
        super(...address);
        network.#sockets.add(this);
        this.addEventListener('close', () => network.#sockets.delete(this));
        if (network.isCut) {
          this.close();
        }
      }
    };
  }

  cut() {
    this.isCut = true;
    this.#off.abort();
    this.#sockets.forEach((socket) => socket.close());
  }

  mend() {
    this.isCut = false;
    this.#off = new AbortController();
    dispatchEvent(new Event('online')); // as the browser does when a network is back
  }
}

/** Keeps the last so many. */
function forget(collection) {
  while (collection.size > SEEN) {
    collection.delete(collection.keys().next().value);
  }
}

/**
 * Counts what is missing and what came twice: by ids, by the gateway's gaps, and by `sequence`, which in the demo's
 * events is one more with each of a channel, and 1 again when the publisher starts anew.
 */
class Check {
  missing = 0;
  duplicates = 0;
  #ids = new Set();
  #last = new Map(); // channel → sequence

  event({ id, channel, eventId, data }) {
    const sequence = Number.isInteger(data?.sequence) ? data.sequence : undefined;
    const last = this.#last.get(channel);
    const names = [id, `${channel} ${eventId}`];
    const twice = names.some((name) => this.#ids.has(name)) || (sequence > 1 && sequence <= last);
    names.forEach((name) => this.#ids.add(name));
    if (twice) {
      this.duplicates++;
      return;
    }
    if (sequence) {
      this.missing += Math.max(0, sequence - (last ?? sequence) - 1);
      this.#last.delete(channel);
      this.#last.set(channel, sequence);
    }
    forget(this.#ids);
    forget(this.#last);
  }

  gap({ from, to }) {
    this.missing += Math.max(1, to - from);
  }

  /** Other channels from now on: what was not subscribed is not missing. */
  restart() {
    this.#last.clear();
  }
}

/** Calls `show` with each change of state, `take` with each event and whether it is one from while it was cut off, or before. */
export class Connection {
  check = new Check();
  events = 0;
  reconnects = 0;
  state = 'connecting';
  #network = new Network();
  #fanfare;
  #channels;
  #transports = ['ws', 'sse', 'poll'];
  #opened = false;
  #last; // so many events from before are shown at once
  #isFresh = true; // what is caught up is these
  #back = 0; // when it was connected again: events from before were published meanwhile; Infinity until then
  #caughtUp = 0;

  constructor(last, show, take) {
    this.#last = last;
    this.show = show;
    this.take = take;
  }

  get isCut() {
    return this.#network.isCut;
  }

  subscribe(channels) {
    this.#channels = channels;
    this.check.restart();
    this.#start();
  }

  use(transports) {
    this.#transports = transports;
    this.#start();
  }

  #start() {
    const before = this.#fanfare;
    before?.close();
    const fanfare = new Fanfare(new URL('.', document.baseURI).href, {
      channels: this.#channels,
      transports: this.#transports,
      cursor: before?.cursor,
      last: this.#last || undefined,
      share: false, // each page shows a connection of its own
      fetch: this.#network.fetch,
      WebSocket: this.#network.WebSocket,
    });
    this.#fanfare = fanfare;
    this.#opened = false;
    this.#lost();
    this.#isFresh = !before?.cursor;
    this.#say(this.isCut ? 'cut' : 'connecting', this.isCut ? 'Cut off.' : 'Connecting.');
    const on = (type, act) => fanfare.addEventListener(type, (event) => fanfare === this.#fanfare && act(event));
    on('open', ({ transport }) => {
      const again = this.#opened;
      this.#opened = true;
      this.#back = Math.min(this.#back, Date.now());
      this.reconnects += again ? 1 : 0;
      this.transport = transport;
      const still = again ? 'Back where it stopped: nothing has gone by.' : 'Connected.';
      this.#say('live', this.#caughtUp > 0 ? this.#caught() : still);
    });
    on('reconnecting', ({ detail }) => {
      this.#lost();
      if (!this.isCut) {
        this.#say('reconnecting', detail || 'Reconnecting.');
      }
    });
    on('error', ({ detail, code }) => this.#say('refused', detail ?? code));
    on('gap', (gap) => {
      this.check.gap(gap);
      this.#say(this.state, `The gateway tells of a gap: ${gap.reason}.`);
    });
    on('message', (message) => this.#message(message));
  }

  #message(message) {
    this.check.event(message);
    this.events++;
    const time = Date.parse(message.time);
    const caughtUp = time < this.#back;
    if (caughtUp) {
      this.#caughtUp++;
      if (this.state === 'live') {
        this.#say('live', this.#caught());
      }
    } else if (time > this.#back + 2000) {
      this.#back = 0; // old times from now on are the publishers'
    }
    this.take(message, caughtUp, caughtUp && this.#isFresh);
  }

  #caught() {
    const events = `${this.#caughtUp} event${this.#caughtUp === 1 ? '' : 's'}`;
    return this.#isFresh ? `Connected: ${events} from before.` : `Back where it stopped: ${events} caught up.`;
  }

  #lost() {
    this.#isFresh = this.#isFresh && !this.#opened;
    if (this.#back !== Infinity) {
      this.#back = Infinity;
      this.#caughtUp = 0;
    }
  }

  toggle() {
    if (this.isCut) {
      this.#say('reconnecting', 'Reconnecting.');
      this.#network.mend();
    } else {
      this.#lost();
      this.#network.cut();
      this.#say('cut', 'Cut off: events go by. Reconnect to get them.');
    }
  }

  #say(state, news) {
    this.state = state;
    this.transport = state === 'live' ? this.transport : undefined;
    this.show(news);
  }
}
