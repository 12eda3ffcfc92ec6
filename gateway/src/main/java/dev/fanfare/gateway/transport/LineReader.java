package dev.fanfare.gateway.transport;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import java.util.function.Supplier;

/// Helidon's reader with an end to lines: Helidon asks for those that begin the chunks of a body (RFC 9112 §7.1) and
/// follow the last, and would hold one without an end until there is no memory left.
///
/// Threads: the connection's reading thread only.
final class LineReader extends DataReader {
    private static final int LINE_MAX = 1024; // a size, and extensions that nobody sends

    @SuppressWarnings("removal") // nothing else lets readLine be bounded
    LineReader(Supplier<byte[]> source) {
        super(source);
    }

    @Override
    public String readLine() {
        if (findNewLine(LINE_MAX) == LINE_MAX) {
            throw RequestException.builder()
                    .type(EventType.BAD_REQUEST)
                    .status(Status.BAD_REQUEST_400)
                    .message("a line of a body in chunks has more than " + LINE_MAX + " bytes")
                    .setKeepAlive(false)
                    .build();
        }
        return super.readLine();
    }
}
