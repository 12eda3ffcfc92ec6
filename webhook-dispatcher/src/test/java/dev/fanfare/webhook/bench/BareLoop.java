package dev.fanfare.webhook.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/// What OkHttp alone can do: some virtual threads that post the same body one after another, without a signature, a
/// journal or Kafka. The limit that the dispatcher is compared with. Arguments: port, requests, threads.
final class BareLoop {
    private BareLoop() {}

    public static void main(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[0]);
        int threads = Integer.parseInt(args[2]);
        var left = new AtomicInteger(Integer.parseInt(args[1]));
        var client = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(2048, 5, TimeUnit.MINUTES))
                .callTimeout(Duration.ofSeconds(15))
                .build();
        var body = RequestBody.create(DeliveryBench.DATA, MediaType.get("application/json"));
        var done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            var request = new Request.Builder()
                    .url("http://127.0.0.1:" + port + "/" + i)
                    .header("webhook-id", "msg_0123456789012345678901234567890123456789")
                    .post(body)
                    .build();
            Thread.startVirtualThread(() -> {
                while (left.getAndDecrement() > 0) {
                    try (var response = client.newCall(request).execute()) {
                        response.body().source().skip(response.body().contentLength() > 0 ? 1 : 0);
                    } catch (IOException failure) {
                        System.err.println(failure);
                    }
                }
                done.countDown();
            });
        }
        done.await();
        System.out.println("cpu " + DeliveryBench.cpuNanos());
    }
}
