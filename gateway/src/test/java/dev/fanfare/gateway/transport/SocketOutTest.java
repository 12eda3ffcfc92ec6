package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.socket.PlainSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SocketOutTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 16_384, 16_385, 32_768, 40_000, 49_152, 300_000})
    void writesWhateverItIsGivenByteForByte(int length) throws Exception {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                var server = listener.accept()) {
            var received = CompletableFuture.supplyAsync(() -> readAll(client), Thread::startVirtualThread);
            var out = new SocketOut(PlainSocket.server(server, "test", "test"));
            out.write(List.of(bytes), length);
            out.write(List.of(new byte[] {1}, bytes), length + 1);
            server.shutdownOutput();
            assertThat(received.get()).hasSize(2 * length + 1).startsWith(bytes).endsWith(bytes);
        }
    }

    private static byte[] readAll(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (java.io.IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }
}
