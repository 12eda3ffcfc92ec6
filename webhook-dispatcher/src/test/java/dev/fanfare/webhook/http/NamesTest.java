package dev.fanfare.webhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.webhook.delivery.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class NamesTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("192.0.2.1");

    @Test
    void remembersWhatItFound() throws Exception {
        var lookups = new AtomicInteger();
        try (var names = new Names(host -> {
            lookups.incrementAndGet();
            if (host.equals("none.test")) {
                throw new UnknownHostException(host);
            }
            return new InetAddress[] {ADDRESS};
        })) {
            assertThat(names.lookup("a.test")).containsExactly(ADDRESS);
            assertThat(names.lookup("a.test")).containsExactly(ADDRESS);
            assertThatThrownBy(() -> names.lookup("none.test")).isInstanceOf(UnknownHostException.class);
            assertThatThrownBy(() -> names.lookup("none.test")).isInstanceOf(UnknownHostException.class);
            assertThat(lookups).hasValue(2);
        }
    }

    @Test
    void isNotHeldUpByANameWhoseServerIsSlow() throws Exception {
        var lookups = new AtomicInteger();
        var never = new CountDownLatch(1);
        Names.Lookup lookup = host -> {
            if (host.startsWith("slow")) {
                lookups.incrementAndGet();
                try {
                    never.await();
                } catch (InterruptedException end) {
                    throw new UnknownHostException(host);
                }
            }
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        };
        try (var server = RawServer.answering(RawServer.answer(200));
                var sender = Senders.sender(Senders.LOOPBACK, lookup)) {
            var slow = Stream.generate(() -> CompletableFuture.supplyAsync(
                            () -> send(sender, Senders.request("http://slow.test/", Senders.SHORT)),
                            Thread::startVirtualThread))
                    .limit(100)
                    .toList();
            assertThat(send(sender, Senders.request("http://quick.test:" + server.port() + "/")))
                    .isEqualTo(Reason.DELIVERED);
            assertThat(slow).allSatisfy(call -> assertThat(call.join()).isEqualTo(Reason.DNS));
            assertThat(lookups).hasValue(1);
        } finally {
            never.countDown();
        }
    }

    private static Reason send(Sender sender, Request request) {
        try {
            return sender.send(request).reason();
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
    }
}
