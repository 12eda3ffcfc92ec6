// Puts the page together: who is there, the list of endpoints, and the view of one of them or of all.

import { call, get } from './api.js';
import { attempt, part, say } from './parts.js';
import { Endpoints } from './endpoints.js';
import { endpointForm, endpointView, overview } from './endpoint.js';

const IS_CONSOLE = document.documentElement.dataset.page === 'console';

let leaving; // aborted when the view is left
let endpoints;

async function enter() {
  const token = location.hash.slice(1);
  let refused;
  if (token && !token.startsWith('/')) {
    history.replaceState(null, '', '#/'); // neither kept nor sent on by accident
    await call('POST', 'session', { body: { token } }).catch((problem) => {
      refused = problem; // no harm to who has opened it before
    });
  }
  const session = await get('session').catch((problem) => {
    throw refused ?? problem;
  });
  if (session.page !== document.documentElement.dataset.page) {
    location.replace(`../${session.page}/`);
    return;
  }
  part('whose').textContent = IS_CONSOLE ? 'All tenants' : session.tenant;
  part('leave').hidden = false;
  part('door').hidden = true;
  document.querySelector('main').hidden = false;
  part('whose-endpoints').hidden = !IS_CONSOLE;
  endpoints ??= new Endpoints(IS_CONSOLE);
  await endpoints.load();
  await show();
}

/** Shows what the address names. */
async function show() {
  leaving?.abort();
  leaving = new AbortController();
  const stop = leaving.signal;
  const view = part('view');
  const id = location.hash.slice(2);
  endpoints.select(id);
  try {
    const shown = id === 'new' ? endpointForm(endpoints) : id ? await endpointView(id, endpoints, IS_CONSOLE, stop) : overview(endpoints, stop);
    if (!stop.aborted) {
      view.replaceChildren(...shown);
    }
  } catch (problem) {
    view.replaceChildren();
    say(problem.message, true);
  }
}

function closed(reason) {
  leaving?.abort();
  document.querySelector('main').hidden = true;
  part('leave').hidden = true;
  part('whose').textContent = '';
  part('door').hidden = false;
  part('sign-in').hidden = !IS_CONSOLE;
  part('door-reason').textContent = IS_CONSOLE
    ? 'Open a link to the console, or show a token that is good for everything. It is not kept here.'
    : 'Open this page with a new link, from where you got the last one.';
  say(reason, true);
}

async function begin() {
  try {
    await enter();
  } catch (problem) {
    closed(problem.status === 401 ? '' : problem.message);
  }
}

addEventListener('over', ({ detail }) => closed(detail ?? ''));

addEventListener('hashchange', async () => {
  const isLink = location.hash.length > 1 && !location.hash.startsWith('#/');
  await (isLink ? begin() : attempt(show));
  part('view').focus({ preventScroll: innerWidth > 960 });
});

part('create').onclick = () => {
  location.hash = '#/new';
};

part('leave').onclick = () =>
  attempt(async () => {
    await call('DELETE', 'session');
    closed('Signed out.');
  });

part('sign-in').onsubmit = (submit) => {
  submit.preventDefault();
  const { token } = submit.target.elements;
  attempt(async () => {
    const link = await call('POST', 'links', { body: { page: 'console', life: '1m' }, token: token.value });
    token.value = '';
    await call('POST', 'session', { body: { token: new URL(link.url).hash.slice(1) } });
    say('');
    await enter();
  });
};

await begin();
