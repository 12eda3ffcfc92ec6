// What every browser brings. It comes back by itself with the id of the last event, unless something else than the
// gateway has answered, such as a proxy with "502 Bad Gateway": then it gives up, and a new one goes on.
export function subscribe(url, on, cursor) {
  const source = new EventSource(cursor ? `${url}&cursor=${cursor}` : url); // http://…/v1/events?channel=orders.*
  for (const type of ['ready', 'message', 'gap'])
    source.addEventListener(type, ({ data, lastEventId }) => {
      cursor = lastEventId;
      on[type]?.(JSON.parse(data));
    });
  source.onerror = () => source.readyState === EventSource.CLOSED && setTimeout(subscribe, 2000, url, on, cursor);
}
