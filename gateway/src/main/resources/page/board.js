// What events say: the demo's kinds in words and figures, anything else as it is.

const ORDERS = 12; // kept in the list
const NOTICES = 50;
const PRICES = 24;
const TREND = 30; // prices in a line
const STEPS = ['placed', 'paid', 'packed', 'shipped', 'delivered'];

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const list = (id) => document.querySelector(`#${id} :is(.rows, .tiles)`);
const orders = new Map();
const prices = new Map();

function element(tag, style, text = '', ...children) {
  const made = document.createElement(tag);
  made.className = style;
  made.textContent = text;
  made.append(...children);
  return made;
}

function money(amount, currency = '') {
  return amount === undefined ? '' : `${Number(amount).toFixed(2)} ${currency}`.trim();
}

function flash(changed) {
  if (!calm.matches) {
    changed.animate([{ backgroundColor: 'var(--soft)' }, {}], 900);
  }
}

function time(event) {
  return element('time', '', clock.format(new Date(event.time)));
}

/** Shows an event where it belongs. */
export function show(event) {
  const { order, status, symbol, price } = event.data ?? {};
  if (order && status) {
    showOrder(event, event.data);
  } else if (symbol && price !== undefined) {
    showPrice(event.data);
  } else {
    showNotice(event);
  }
}

function showOrder(event, { order, status, customer, items, total, currency }) {
  orders.get(order)?.remove();
  orders.delete(order);
  const count = Array.isArray(items) ? `${items.length} item${items.length === 1 ? '' : 's'}` : '';
  const more = [customer, count, money(total, currency)].filter((part) => part).join(' · ');
  const step = STEPS.indexOf(status);
  const steps = element('span', 'steps');
  steps.setAttribute('aria-hidden', 'true'); // the status says it
  steps.append(...STEPS.map((_, i) => element('i', i <= step ? 'done' : '')));
  const row = element('li', status);
  row.append(element('b', '', `Order ${order}`), element('span', `chip ${status}`, status), time(event));
  row.append(element('span', 'more', more), steps);
  orders.set(order, row);
  list('orders').prepend(row);
  flash(row);
  if (orders.size > ORDERS) {
    const [oldest] = orders.keys();
    orders.get(oldest).remove();
    orders.delete(oldest);
  }
}

function showPrice({ symbol, name = '', price, change, currency }) {
  const tile = prices.get(symbol) ?? newTile(symbol);
  const moved = Number(change) || 0;
  const [sign, tone] = moved < 0 ? ['−', 'down'] : moved > 0 ? ['+', 'up'] : ['', ''];
  tile.trend.push(Number(price));
  tile.trend.splice(0, tile.trend.length - TREND);
  tile.name.textContent = name;
  tile.price.textContent = money(price, currency);
  tile.change.textContent = sign + Math.abs(moved).toFixed(2);
  tile.change.className = `change ${tone}`;
  const low = Math.min(...tile.trend);
  const range = Math.max(...tile.trend) - low || 1;
  const at = (one, i) => `${((i / (TREND - 1)) * 100).toFixed(1)},${(22 - ((one - low) / range) * 20).toFixed(1)}`;
  tile.line.setAttribute('points', tile.trend.map(at).join(' '));
  flash(tile.root);
}

function newTile(symbol) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 100 24');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  svg.append(line);
  const tile = {
    root: element('li', ''),
    name: element('span', 'more'),
    price: element('b', 'price'),
    change: element('span', 'change'),
    line,
    trend: [],
  };
  tile.root.append(element('b', 'symbol', symbol), tile.change, tile.name, tile.price, svg);
  prices.set(symbol, tile);
  const after = [...prices.keys()].filter((other) => other > symbol).sort()[0];
  list('prices').insertBefore(tile.root, after ? prices.get(after).root : null);
  if (prices.size > PRICES) {
    const [oldest] = prices.keys();
    prices.get(oldest).root.remove();
    prices.delete(oldest);
  }
  return tile;
}

function showNotice(event) {
  const { channel, data, deleted } = event;
  const binary = data instanceof Uint8Array;
  const plain = deleted ? 'Deleted' : binary ? `${data.length} bytes` : typeof data === 'string' ? data : undefined;
  const { level = '', text } = data ?? {};
  const row = element('li', level);
  row.append(element('b', '', (plain ?? text ?? JSON.stringify(data) ?? '').slice(0, 1000)), time(event));
  row.append(element('span', 'more', [level, channel].filter((part) => part).join(' · ')));
  list('notices').prepend(row);
  flash(row);
  while (list('notices').children.length > NOTICES) {
    list('notices').lastElementChild.remove();
  }
}
