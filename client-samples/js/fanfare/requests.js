// What is asked of the gateway by HTTP, as whom, and what its refusals mean.

/** What was thrown, as how a connection ended. */
export function described(failure) {
  return failure instanceof Error ? { detail: String(failure) } : failure;
}

export class Requests {
  #base;
  #options;
  #token;

  constructor(base, options) {
    this.#base = base;
    this.#options = options;
  }

  /** The transports that the gateway offers, the best first. */
  async negotiate() {
    const { transports, channels, heartbeatMs, openTimeoutMs } = this.#options;
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 3 * openTimeoutMs);
    try {
      const answer = await this.fetch('/v1/negotiate', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ transports, channels, heartbeatMs, format: 'json' }),
        signal: stop.signal,
      });
      const { fallbacks, ...best } = await answer.json();
      return [best, ...fallbacks];
    } finally {
      clearTimeout(late);
    }
  }

  /** The parameter that says who it is where no header can be sent. */
  async ticket(signal) {
    const answer = (await this.#bearer()) && (await this.fetch('/v1/tickets', { method: 'POST', signal }));
    return answer ? { ticket: (await answer.json()).ticket } : {};
  }

  /** Another token, or undefined: without, the session ends, and that is seen to then. */
  async renewed() {
    if (this.#options.getToken) {
      this.refuse();
      return this.#bearer().catch(() => {});
    }
  }

  /** The token is of no use any more. */
  refuse() {
    this.#token = undefined;
  }

  async fetch(path, { headers = {}, ...request } = {}) {
    const token = headers.Authorization ? undefined : await this.#bearer();
    const answer = await this.#options.fetch(this.#base + path, {
      cache: 'no-store',
      credentials: this.#options.withCredentials ? 'include' : 'same-origin',
      headers: token ? { Authorization: 'Bearer ' + token, ...headers } : headers,
      ...request,
    });
    if (answer.ok) {
      return answer;
    }
    const isProblem = /^application\/problem\+json/.test(answer.headers.get('Content-Type'));
    const { code, detail } = isProblem ? await answer.json() : {};
    const { status } = answer;
    const after = Number(answer.headers.get('Retry-After') ?? NaN);
    throw {
      code: code ?? 'http-' + status,
      detail,
      status,
      delay: after >= 0 ? after * 1000 + Math.random() * 1000 : undefined,
      expired: status === 401,
      // the gateway itself says that asking again is of no use
      fatal: Boolean(code) && status >= 400 && status < 500 && ![401, 406, 426, 429].includes(status),
    };
  }

  async #bearer() {
    const { token, getToken } = this.#options;
    this.#token ??= getToken ? Promise.resolve(getToken()) : token;
    try {
      return await this.#token;
    } catch (failure) {
      this.#token = undefined;
      throw { detail: 'getToken failed: ' + failure };
    }
  }
}
