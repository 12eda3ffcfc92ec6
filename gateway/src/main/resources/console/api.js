// The management API: requests with the operator's token, which stays in this tab.

const KEY = 'fanfare-console-token';

/** Answered, but not as asked for: the message is the problem's, for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

let token = sessionStorage.getItem(KEY);

export function isSignedIn() {
  return Boolean(token);
}

/** Tries a token, and keeps it if it is good. */
export async function signIn(shown) {
  await ask('node', {}, 'GET', shown);
  token = shown;
  sessionStorage.setItem(KEY, shown);
}

export function signOut() {
  token = null;
  sessionStorage.removeItem(KEY);
}

/** The JSON of an answer. Parameters that are empty are left out. */
export async function ask(path, parameters = {}, method = 'GET', shown = token) {
  const url = new URL(`v1/${path}`, document.baseURI);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '' && value !== undefined) {
      url.searchParams.set(name, value);
    }
  }
  let answer;
  try {
    answer = await fetch(url, { method, headers: { Authorization: `Bearer ${shown}` }, credentials: 'omit' });
  } catch {
    throw new Refused(0, 'The gateway cannot be reached.');
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Refused(answer.status, body.detail ?? `It answers with ${answer.status}.`);
  }
  return body;
}
