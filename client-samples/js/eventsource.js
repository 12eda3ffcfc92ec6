// What every browser brings. It comes back by itself with the id of the last event, unless something else than the
// gateway has answered, such as a proxy with "502 Bad Gateway": then it gives up, and a new one goes on.
export function subscribe(url, onEvent, onGap, cursor) {
  const source = new EventSource(cursor ? `${url}&cursor=${cursor}` : url); // http://…/v1/events?channel=orders.*
  const on = (type, take) =>
    source.addEventListener(type, ({ data, lastEventId }) => take(JSON.parse(data), (cursor = lastEventId)));
  on('ready', () => {});
  on('message', onEvent);
  on('gap', onGap);
  source.onerror = () =>
    source.readyState === EventSource.CLOSED && setTimeout(subscribe, 2000, url, onEvent, onGap, cursor);
}
