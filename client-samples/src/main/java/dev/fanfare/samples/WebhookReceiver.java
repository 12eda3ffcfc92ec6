package dev.fanfare.samples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// `WebhookReceiver [PORT] [FOLDER]` with the secret in `WEBHOOK_SECRET` receives webhooks on this machine's port
/// (3000). The folder (inbox) has a file for each event: named after its `webhook-id`, with its body until it is
/// handled, empty afterwards. One process to a folder, on Linux or macOS.
///
/// Threads: a virtual one for each request; one handles what has come.
final class WebhookReceiver {
    private static final int BODY_MAX = 512 << 10; // an event has 256 KiB, and a third more as base64 when structured
    private static final int DISCARDED_MAX = 4 << 20;
    private static final int WAITING_MAX = Integer.parseInt(System.getenv().getOrDefault("WAITING_MAX", "10000"));
    private static final Duration AGAIN = Duration.ofSeconds(5);
    // longer than a dispatcher tries, so that no attempt of it is new
    private static final Duration KEPT = Duration.ofDays(4);

    private final ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(1);
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Webhook webhook;
    private final Path folder;
    private final long workMillis;

    private WebhookReceiver(Webhook webhook, Path folder, long workMillis) {
        this.webhook = webhook;
        this.folder = folder;
        this.workMillis = workMillis;
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /// What your app does with an event. It comes again if this throws, or if the process dies meanwhile.
    private void handle(String id, byte[] body) throws InterruptedException {
        Thread.sleep(workMillis); // work is slow: see that the answers are not
        System.out.printf("handled %s, %d bytes: %.200s%n", id, body.length, new String(body, UTF_8));
    }

    /// Answers once the event is safe; the work comes after.
    private int receive(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return 405;
        }
        var in = exchange.getRequestBody();
        byte[] body = in.readNBytes(BODY_MAX + 1); // the bytes as they came: that is what is signed
        if (body.length > BODY_MAX) {
            in.readNBytes(DISCARDED_MAX); // so that the answer is read
            return 413;
        }
        var headers = exchange.getRequestHeaders();
        try {
            webhook.verify(new String(body, UTF_8), headers);
        } catch (WebhookVerificationException | RuntimeException refused) {
            System.err.println("refused: " + refused.getMessage());
            return 400;
        }
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            exchange.getResponseHeaders().set("Retry-After", "60"); // the dispatcher comes again
            return 503;
        }
        boolean isNew = false;
        try {
            isNew = accept(headers.getFirst("webhook-id"), body);
        } finally {
            if (!isNew) {
                waiting.decrementAndGet();
            }
        }
        return 204;
    }

    /// Returns when the event is on the disk; false if it is known.
    private boolean accept(String id, byte[] body) throws IOException {
        var path = folder.resolve(hash(id));
        var draft = folder.resolve(path.getFileName() + "." + UUID.randomUUID());
        boolean isNew = true;
        try (var file = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var part : List.of(ByteBuffer.wrap((id + "\n").getBytes(UTF_8)), ByteBuffer.wrap(body))) {
                while (part.hasRemaining()) {
                    file.write(part);
                }
            }
            file.force(true);
            Files.createLink(path, draft); // of several at once only one succeeds
        } catch (FileAlreadyExistsException known) {
            isNew = false;
        } finally {
            Files.deleteIfExists(draft);
        }
        try (var entries = FileChannel.open(folder)) {
            entries.force(true);
        }
        if (isNew) {
            worker.execute(() -> work(path));
        }
        return isNew;
    }

    /// One after the other, in the order of their arrival.
    private void work(Path path) {
        try {
            byte[] content = Files.readAllBytes(path);
            int end = 0;
            while (content[end] != '\n') {
                end++;
            }
            var body = new byte[content.length - end - 1];
            System.arraycopy(content, end + 1, body, 0, body.length);
            handle(new String(content, 0, end, UTF_8), body);
            Files.write(path, new byte[0]);
            waiting.decrementAndGet();
        } catch (IOException | RuntimeException failure) {
            System.err.println("comes again: " + failure.getMessage());
            var _ = worker.schedule(() -> work(path), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeUp() throws IOException {
        Files.createDirectories(folder);
        var left = new ArrayList<Path>();
        for (var path : files()) {
            if (path.getFileName().toString().contains(".")) {
                Files.delete(path); // was never answered
            } else if (Files.size(path) > 0) {
                left.add(path);
            }
        }
        left.sort(Comparator.comparingLong(path -> path.toFile().lastModified()));
        waiting.addAndGet(left.size());
        left.forEach(path -> worker.execute(() -> work(path)));
        var _ = worker.scheduleWithFixedDelay(this::forget, 0, 1, TimeUnit.HOURS);
    }

    private void forget() {
        long before = System.currentTimeMillis() - KEPT.toMillis();
        try {
            for (var path : files()) {
                var file = path.toFile();
                if (file.length() == 0
                        && file.lastModified() < before
                        && !file.getName().contains(".")) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException failure) {
            System.err.println("cannot forget: " + failure.getMessage());
        }
    }

    private List<Path> files() throws IOException {
        try (var all = Files.list(folder)) {
            return all.toList();
        }
    }

    private static String hash(String id) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException none) {
            throw new IllegalStateException(none);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            int status = 500;
            try {
                status = receive(exchange);
            } catch (IOException | RuntimeException failure) {
                System.err.println("not accepted: " + failure);
            }
            exchange.sendResponseHeaders(status, -1);
        }
    }

    /// Waits for what is being answered and handled. The files of those that wait are there at the next start.
    private void stop(HttpServer server) {
        server.stop(5); // at once when no request is being answered
        requests.close();
        worker.shutdown();
        worker.close();
    }

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else an answer waits for an acknowledgement
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        var secret = System.getenv().getOrDefault("WEBHOOK_SECRET", "");
        var folder = Path.of(args.length > 1 ? args[1] : "inbox");
        var port = Integer.parseInt(args.length > 0 ? args[0] : "3000");
        var work = Long.parseLong(System.getenv().getOrDefault("WORK_MILLIS", "0"));
        try {
            var receiver = new WebhookReceiver(new Webhook(secret), folder, work);
            var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
            server.setExecutor(receiver.requests);
            server.createContext("/", receiver::answer);
            receiver.takeUp();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> receiver.stop(server)));
            server.start();
            System.err.println(
                    "receiving on http://127.0.0.1:" + server.getAddress().getPort());
        } catch (EmptyWebhookSecretException none) {
            System.err.println("WEBHOOK_SECRET is not set");
            System.exit(1);
        }
    }
}
