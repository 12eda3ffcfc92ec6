/// Sessions by the thousand on a few threads: SSE, WebSocket and long-polling over non-blocking sockets. Knows
/// `check`; knows no publisher, no options and no report.
@NullMarked
package dev.fanfare.load.client;

import org.jspecify.annotations.NullMarked;
