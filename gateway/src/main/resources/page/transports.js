// One function for each transport. It opens a connection to panel.address(), hands every message to panel.take(), tells
// panel.ended() if the connection ends, and returns a function that closes it.

export function webSocket(panel) {
  const url = panel.address();
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url, ['fanfare.v1.json']);
  let watch;
  let asked = false;
  const close = () => {
    clearInterval(watch);
    socket.onmessage = socket.onclose = null;
    socket.close();
  };
  const end = () => {
    close();
    panel.ended();
  };
  const ask = () => {
    if (asked) {
      end(); // not a word since the last ping: the network is gone, which a socket is slow to notice
    } else {
      asked = true;
      socket.send(JSON.stringify({ type: 'ping', id: 'page' }));
    }
  };
  socket.onmessage = ({ data }) => {
    asked = false;
    const message = JSON.parse(data);
    if (message.type === 'ready') {
      watch = setInterval(ask, message.heartbeatMs);
    }
    panel.take(message);
  };
  socket.onclose = end;
  return close;
}

export function serverSentEvents(panel) {
  const source = new EventSource(panel.address());
  const take = (message) => panel.take(JSON.parse(message.data));
  source.onmessage = take;
  for (const notice of ['ready', 'gap', 'going-away']) {
    source.addEventListener(notice, take);
  }
  source.onerror = (error) => {
    if (error.data !== undefined) {
      take(error); // an `error` event from the gateway
    } else if (source.readyState === EventSource.CLOSED) {
      panel.ended();
    } else {
      panel.state('reconnecting'); // the browser does it, with Last-Event-ID
    }
  };
  return () => source.close();
}

export function longPoll(panel) {
  const stop = new AbortController();
  const poll = async () => {
    // the first answer comes at once, for the cursor in it
    for (let wait = 0; ; wait = 25) {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout((wait + 30) * 1000)]);
      const answer = await fetch(panel.address({ wait }), { signal });
      if (!answer.ok) {
        panel.delay = Number(answer.headers.get('Retry-After')) * 1000;
        throw new Error(answer.statusText);
      }
      const { events, gaps = [], cursor } = await answer.json();
      if (!panel.live) {
        panel.opened();
      }
      [...gaps, ...events].forEach((message) => panel.take(message));
      panel.moved(cursor);
    }
  };
  poll().catch(() => stop.signal.aborted || panel.ended());
  return () => stop.abort();
}
