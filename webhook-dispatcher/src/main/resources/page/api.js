// The management API, as this page may use it: by the session in its cookie, with the header that only it can send.

const BASE = new URL('../v1/', document.baseURI);

/** What the API refuses, with its own words. */
export class Problem extends Error {
  constructor(status, { code = '', detail, errors = [] } = {}) {
    super(detail ?? `The dispatcher has answered ${status}.`);
    this.status = status;
    this.code = code;
    this.errors = errors; // of fields
  }
}

/** Calls; `over` is told when the session is. */
export async function call(method, path, { query = {}, body, headers = {}, signal, token } = {}) {
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') {
      url.searchParams.set(name, value);
    }
  }
  const request = { method, signal, headers: { ...headers }, credentials: token ? 'omit' : 'same-origin' };
  request.headers[token ? 'Authorization' : 'Fanfare-Page'] = token ? `Bearer ${token}` : '1';
  if (body !== undefined) {
    request.headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(url, request);
  } catch (failure) {
    throw signal?.aborted ? failure : new Problem(0, { detail: 'The dispatcher cannot be reached: try again.' });
  }
  const type = answer.headers.get('Content-Type') ?? '';
  const content = type.includes('json') ? await answer.json() : undefined;
  if (!answer.ok) {
    if (answer.status === 401 && !token) {
      dispatchEvent(new CustomEvent('over', { detail: content?.detail }));
    }
    throw new Problem(answer.status, content);
  }
  return content;
}

export const get = (path, query) => call('GET', path, { query });

/** Once, however often it is sent: a lost answer does no harm. */
export const post = (path, body, more = {}) =>
  call('POST', path, { ...more, body, headers: { 'Idempotency-Key': crypto.randomUUID(), ...more.headers } });
