// Tabs of one origin that share a connection: whoever holds the lock leads, and tells the others what comes.

const CHAIN = 1_000; // how long a tab waits for what it missed of the others, before it fetches it itself
const WAITING_MAX = 1_000; // events that a tab keeps meanwhile

export const TAB = { transport: 'tab', heartbeatMs: 15_000 }; // what a tab that follows is offered

/** Whether there is what tabs share by. */
export function canShare() {
  return Boolean(globalThis.navigator?.locks && globalThis.BroadcastChannel && globalThis.document);
}

export class Tabs {
  #leads = false;
  #apart; // fetches by itself what the leader cannot give it: what lies between its own cursor and the leader's
  #name;
  #client;
  #channel;
  #stop;
  #release;
  #link;
  #chain;
  #waiting = []; // heard, but not the next for this tab

  constructor(name, client, apart) {
    this.#name = name;
    this.#client = client;
    this.#apart = apart;
    this.join();
  }

  get leads() {
    return this.#leads;
  }

  /** Whether this tab receives by another one. */
  get follows() {
    return !this.#leads && !this.#apart;
  }

  join() {
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    this.#stop = new AbortController();
    this.#request({ signal: this.#stop.signal });
  }

  leave() {
    this.#leads = false;
    this.#stop.abort();
    this.#release?.();
    this.#channel?.close();
    this.#channel = undefined;
    this.#waiting = [];
  }

  say(message) {
    this.#channel?.postMessage(message);
  }

  /** The leader says nothing any more, and may never let go of the lock. */
  takeOver() {
    if (this.#channel) {
      this.#stop.abort();
      this.#stop = new AbortController();
      this.#request({ steal: true });
    }
  }

  #request(how) {
    const { signal } = this.#stop;
    let over = false;
    navigator.locks
      .request(this.#name, how, () => over || this.#lead())
      .catch(({ name }) => {
        over = true;
        if (signal.aborted) {
          return;
        }
        const led = this.#leads;
        this.#leads = false;
        if (name === 'AbortError') {
          this.#request({ signal }); // another tab has taken over
        } else {
          this.#apart = true; // no locks here
        }
        if (led || this.#apart) {
          this.#client.restart('another tab leads now');
        }
      });
  }

  #lead() {
    this.#leads = true;
    this.#apart = false;
    this.#waiting = [];
    this.#link?.end({ clean: true, delay: 0, detail: 'this tab leads now' });
    this.#client.tell();
    return new Promise((release) => (this.#release = release));
  }

  /** A frozen tab may still hear the others, but no gateway and no timers. */
  #resign() {
    this.#leads = false;
    this.#release();
    this.#request({ signal: this.#stop.signal });
    this.#client.restart('another tab leads now');
  }

  /** Receives for a link what the leader tells. */
  follow(link) {
    this.#link = link;
    link.ping = () => this.say({ hello: true });
    link.signal.addEventListener('abort', () => {
      this.#link = undefined;
      this.#sure();
    });
    this.#catchUp();
    link.ping();
  }

  #hear(message) {
    if (message.hello || this.#leads) {
      if (message.hello && this.#leads && this.#client.isStuck()) {
        this.#resign();
      } else if (message.hello) {
        this.#client.tell();
      }
      return;
    }
    this.#link?.heard();
    if (message.state) {
      this.#meet(message);
      return;
    }
    this.#waiting.push(message);
    this.#waiting.splice(0, this.#waiting.length - WAITING_MAX);
    this.#catchUp();
  }

  #meet({ state, cursor, heartbeatMs, transport }) {
    const link = this.#link;
    if (state !== 'open') {
      link?.paused();
    } else if (link && (this.#client.cursor ?? cursor) === cursor) {
      link.moved(cursor);
      link.opened({ heartbeatMs, transport });
      this.#sure();
    } else if (link) {
      this.#doubt();
    } else if (this.#apart && this.#client.cursor === cursor) {
      this.#meetAgain();
    }
  }

  /** Each message says which cursor it follows, so that none is missed or taken twice, whoever leads. */
  #catchUp() {
    const at = this.#waiting.findIndex(({ prev, id }) => prev === this.#client.cursor || id === this.#client.cursor);
    if (at < 0) {
      if (this.#waiting.length > 0) {
        this.#doubt();
      }
    } else if (this.#link) {
      const link = this.#link;
      this.#sure();
      for (const { prev, id, type, detail } of this.#waiting.splice(0)) {
        if (prev === this.#client.cursor && this.#link === link) {
          link.opened();
          this.#client.deliver(type, id, detail);
        }
      }
    } else if (this.#apart) {
      this.#meetAgain();
    }
  }

  #doubt() {
    const link = this.#link;
    if (link) {
      this.#chain ??= setTimeout(() => {
        this.#apart = true;
        link.end({ clean: true, delay: 0, detail: 'this tab has missed something of the others' });
      }, CHAIN);
    }
  }

  #sure() {
    this.#chain = clearTimeout(this.#chain);
  }

  #meetAgain() {
    this.#apart = false;
    this.#client.restart('another tab is where this one is');
  }

  /** While this tab has a connection of its own: whether the leader is where it is now. */
  moved() {
    if (this.#apart) {
      this.#catchUp();
    }
  }
}
