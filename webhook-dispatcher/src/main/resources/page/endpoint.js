// One endpoint: how it stands, what can be done with it, its settings. And all of them together.

import { call, get, post } from './api.js';
import { deliveries } from './deliveries.js';
import { chips } from './endpoints.js';
import { again } from './work.js';
import { ask, attempt, button, chip, count, decisions, element, every, say, secret, section, time } from './parts.js';

const REFRESH = 3_000; // ms
const FORMS = { data: 'the data as it is', binary: 'CloudEvents, binary', structured: 'CloudEvents, structured', batch: 'CloudEvents, batch' };

/** What there is of all endpoints. */
export function overview(endpoints, stop) {
  return [section('all', 'Deliveries to all endpoints', ...deliveries({ endpoints, stop, state: 'dead-letter' }))];
}

export async function endpointView(id, endpoints, isConsole, stop) {
  const path = `endpoints/${encodeURIComponent(id)}`;
  let endpoint = await get(path);
  const head = element('div', 'head');
  const facts = element('dl', 'facts');
  const secrets = element('div');
  const settings = element('div');

  const refresh = async () => {
    endpoint = await get(path);
    await endpoints.states();
    draw();
  };
  const change = async (some, said) => {
    await call('PATCH', path, { body: some, headers: { 'If-Match': '*' } });
    say(said);
    await endpoints.load();
    await refresh();
  };
  const pause = () =>
    attempt(() =>
      endpoint.enabled
        ? change({ enabled: false }, 'Paused: what happens now is not kept for it. Replay brings it later.')
        : change({ enabled: true }, 'It gets events again. Replay what it has missed, if it should have it.'));
  const test = () =>
    attempt(async () => {
      await post(`${path}/test`, {});
      say('A test event is on its way: it is the first in the list of deliveries.');
      view.list.refreshSoon();
    });
  const rotate = () =>
    attempt(async () => {
      if (await ask('A new secret signs beside the old one for a day, then alone.', 'Rotate')) {
        const made = await post(`${path}/secret/rotate`, {});
        secrets.replaceChildren(secret('The new secret', made.secret));
        say('There is a new secret.');
      }
    });
  const remove = () =>
    attempt(async () => {
      if (await ask(`Delete ${endpoint.url}? What waits for it is given up.`, 'Delete')) {
        await call('DELETE', path);
        await endpoints.load();
        location.hash = '#/';
        say('Deleted.');
      }
    });
  const edit = () => {
    settings.replaceChildren(form(endpoint, async (changed) => {
      await change(changed, 'Saved.');
      settings.replaceChildren();
    }, () => settings.replaceChildren()));
    settings.querySelector('input').focus();
  };

  const toggle = button('', pause);
  const sender = button('Send a test event', test);
  const view = { list: deliveries({ endpoint: id, endpoints, stop }) };
  function draw() {
    head.replaceChildren(
      element('h2', '', {}, endpoint.url),
      chips(endpoint),
      ...(isConsole ? [chip(`tenant ${endpoint.tenant}`)] : []));
    toggle.textContent = endpoint.enabled ? 'Pause' : 'Resume';
    sender.disabled = !endpoint.enabled;
    facts.replaceChildren(...stands(endpoint, endpoints.state(id), isConsole));
  }
  draw();
  every(REFRESH, refresh, stop);
  return [
    element('section', 'about', { 'aria-label': 'The endpoint' },
      head,
      element('p', 'more', {}, [endpoint.description, `gets ${endpoint.channels.join(', ')}`].filter((one) => one).join(' · ')),
      facts,
      element('div', 'actions', {},
        sender, toggle, button('Rotate the secret', rotate), button('Settings', edit), button('Delete', remove, 'danger')),
      secrets,
      settings),
    section('deliveries', 'Deliveries', ...view.list),
    section('again', 'Send again', ...again(endpoint, stop, () => view.list.refreshSoon())),
    section('why', 'Why', why(path)),
  ];
}

function stands(endpoint, state, isConsole) {
  const fact = (name, ...value) => element('div', '', {}, element('dt', '', {}, name), element('dd', '', {}, ...value));
  const facts = [];
  if (state) {
    facts.push(fact('Parked', count(state.parked, '', '').trim()), fact('Dead letters', count(state.deadLetters, '', '').trim()));
    if (state.parkedSince) {
      facts.push(fact('Waits since', time(state.parkedSince)));
    }
  }
  if (endpoint.failingSince) {
    facts.push(fact('Failing since', time(endpoint.failingSince)));
  }
  if (endpoint.pausedUntil) {
    facts.push(fact('Asked to wait until', time(endpoint.pausedUntil)));
  }
  const lane = state?.lane;
  if (isConsole) {
    facts.push(
      fact('Breaker', lane?.breaker ?? 'no lane here'),
      ...(lane
        ? [
            fact('Calls', `${lane.running} of ${lane.limit}`),
            fact('Waiting', `${lane.queuedLive} live, ${lane.queuedBacklog} parked`),
            ...(lane.struggling ? [fact('Retries', 'rationed')] : []),
          ]
        : []));
  }
  return facts;
}

/** A new endpoint. */
export function endpointForm(endpoints) {
  const made = element('div');
  const create = async (settings) => {
    const endpoint = await post('endpoints', settings);
    await endpoints.load();
    made.replaceChildren(
      secret('The secret to verify requests with', endpoint.secret),
      element('p', '', {}, element('a', '', { href: `#/${endpoint.id}` }, `Go on to ${endpoint.url}`)));
    say('The endpoint is there.');
  };
  return [section('new', 'A new endpoint', form({}, create, undefined, endpoints), made)];
}

function form(endpoint, save, cancel, endpoints) {
  const isNew = !endpoint.id;
  const field = (name, label, attributes, hint) =>
    element('label', 'wide', {}, label,
      element('input', '', { name, spellcheck: 'false', autocapitalize: 'off', ...attributes }),
      hint && element('span', 'more', {}, hint));
  const payload = element('select', '', { name: 'payload' },
    ...Object.entries(FORMS).map(([value, text]) =>
      element('option', '', { value, selected: value === (endpoint.payload ?? 'data') }, text)));
  const list = (text) => text.split(/[\s,]+/).filter((one) => one);
  const made = element('form', 'settings', { autocomplete: 'off', novalidate: true },
    field('url', 'URL', { type: 'url', required: true, value: endpoint.url, placeholder: 'https://example.com/hook' }),
    field('channels', 'Channels', { required: true, value: endpoint.channels?.join(', ') ?? '' },
      'Patterns: * is one part of a name, ** is all the rest.'),
    field('eventTypes', 'Types', { value: endpoint.eventTypes?.join(', ') ?? '', placeholder: 'all' }),
    element('label', 'wide', {}, 'Body', payload),
    field('description', 'Description', { value: endpoint.description, maxlength: 1000 }),
    isNew && endpoints?.isConsole ? field('tenant', 'Tenant', { value: endpoints.tenant ?? '', placeholder: 'default' }) : undefined,
    element('button', 'main', {}, isNew ? 'Create' : 'Save'),
    cancel && button('Cancel', cancel),
    element('p', 'message', { role: 'status' }));
  made.addEventListener('submit', async (submit) => {
    submit.preventDefault();
    const { url, channels, eventTypes, description, tenant } = made.elements;
    const settings = {
      url: url.value.trim(),
      channels: list(channels.value),
      eventTypes: list(eventTypes.value),
      payload: payload.value,
      description: description.value.trim(),
      ...(tenant?.value.trim() ? { tenant: tenant.value.trim() } : {}),
    };
    const told = made.querySelector('.message');
    [...made.elements].forEach((input) => input.removeAttribute('aria-invalid'));
    try {
      await save(settings);
      told.textContent = '';
    } catch (problem) {
      told.classList.add('failed');
      told.textContent = problem.errors?.length ? problem.errors.map(({ detail }) => detail).join(' ') : problem.message;
      const wrong = problem.errors?.map(({ field: name }) => made.elements[name]).filter((input) => input) ?? [];
      wrong.forEach((input) => input.setAttribute('aria-invalid', 'true'));
      wrong[0]?.focus();
    }
  });
  return made;
}

function why(path) {
  const answer = element('div', '', { 'aria-live': 'polite' });
  const made = element('form', '', { autocomplete: 'off' },
    element('label', 'wide', {}, 'Event (its webhook-id), or topic/partition/offset',
      element('input', '', { name: 'event', required: true, spellcheck: 'false', autocapitalize: 'off' })),
    element('button', '', {}, 'Ask'));
  made.addEventListener('submit', (submit) => {
    submit.preventDefault();
    const text = made.elements.event.value.trim();
    const [topic, partition, offset] = text.split('/');
    attempt(async () => {
      const told = await get(`${path}/why`, offset === undefined ? { event: text } : { topic, partition, offset });
      say('');
      answer.replaceChildren(element('p', '', {}, element('b', '', {}, told.verdict), ` ${told.detail}`), decisions(told));
    });
  });
  return element('div', '', {}, made, answer);
}
