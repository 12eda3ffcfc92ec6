package dev.fanfare.webhook.http;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/// A body that is sent once: what the client would otherwise send again, by itself, for some statuses and failures.
final class OnceBody extends RequestBody {
    private final byte[] bytes;

    OnceBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /// None: the request's headers have it.
    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public long contentLength() {
        return bytes.length;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        sink.write(bytes);
    }

    @Override
    public boolean isOneShot() {
        return true;
    }
}
