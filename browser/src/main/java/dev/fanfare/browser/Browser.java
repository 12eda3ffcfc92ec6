package dev.fanfare.browser;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A headless Chromium, driven over WebDriver (W3C) as chromedriver speaks it. For one thread.
public final class Browser implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");
    private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf"; // WebDriver §12
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    private Browser(Process driver, String base, Path chromium, Path profile) throws IOException {
        this.driver = driver;
        var options = """
                {"capabilities":{"alwaysMatch":{"goog:chromeOptions":{"binary":"%s","args":["--headless=new",
                "--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking",
                "--disable-component-update","--disable-sync","--user-data-dir=%s"]}}}}""".formatted(escaped(chromium), escaped(profile));
        var opened = send("POST", URI.create(base + "/session"), options);
        this.session = base + "/session/" + opened.get("sessionId");
    }

    /// What of Chromium and its driver this machine lacks; empty if nothing.
    public static Optional<String> missing() {
        if (program("chromium", "chromium-browser", "google-chrome").isEmpty()) {
            return Optional.of("no Chromium here: apt-get install chromium");
        }
        return program("chromedriver").isEmpty()
                ? Optional.of("no chromedriver here: apt-get install chromium-driver")
                : Optional.empty();
    }

    /// Starts one without a window.
    ///
    /// @param dir for all that the browser writes
    public static Browser start(Path dir) throws IOException {
        var chromium = program("chromium", "chromium-browser", "google-chrome").orElseThrow();
        var driver = new ProcessBuilder(program("chromedriver").orElseThrow().toString(), "--port=0")
                .redirectErrorStream(true)
                .start();
        try {
            return new Browser(driver, "http://127.0.0.1:" + port(driver.inputReader()), chromium, dir);
        } catch (IOException | RuntimeException | AssertionError failure) {
            driver.destroy();
            throw failure;
        }
    }

    private static String port(BufferedReader output) throws IOException {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            var match = STARTED.matcher(line);
            if (match.find()) {
                Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {})); // a full pipe would block it
                return match.group(1);
            }
        }
        throw new AssertionError("chromedriver ended without saying its port");
    }

    private static Optional<Path> program(String... names) {
        var folders = System.getenv().getOrDefault("PATH", "").split(File.pathSeparator);
        return Arrays.stream(names)
                .flatMap(name -> Arrays.stream(folders).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public void open(String url) throws IOException {
        post("/url", "{\"url\":\"%s\"}".formatted(escaped(url)));
    }

    /// Clicks where the element is: it must be visible, and nothing may cover it.
    public void click(String selector) throws IOException {
        post("/element/" + element(selector) + "/click", "{}");
    }

    /// Types into a field instead of what it holds.
    public void type(String selector, String text) throws IOException {
        var element = "/element/" + element(selector);
        post(element + "/clear", "{}");
        post(element + "/value", "{\"text\":\"%s\"}".formatted(escaped(text)));
    }

    private String element(String selector) throws IOException {
        var body = "{\"using\":\"css selector\",\"value\":\"%s\"}".formatted(escaped(selector));
        return post("/element", body).values().iterator().next();
    }

    /// What an expression yields, as text.
    public String evaluate(String expression) throws IOException {
        var script = "return String(" + expression.strip() + ")";
        return value(post("/execute/sync", "{\"args\":[],\"script\":\"%s\"}".formatted(escaped(script))));
    }

    /// What an expression yields in a frame of the page, as text.
    public String evaluateIn(String frame, String expression) throws IOException {
        post("/frame", "{\"id\":{\"%s\":\"%s\"}}".formatted(ELEMENT, element(frame)));
        try {
            return evaluate(expression);
        } finally {
            post("/frame", "{\"id\":null}");
        }
    }

    /// Opens another tab and goes on in it.
    ///
    /// @return its handle, for [#goTo]
    public String newTab() throws IOException {
        var handle = post("/window/new", "{\"type\":\"tab\"}").get("handle");
        goTo(String.valueOf(handle));
        return String.valueOf(handle);
    }

    /// The handle of the present tab.
    public String tab() throws IOException {
        return value(send("GET", URI.create(session + "/window"), ""));
    }

    /// Goes on in another tab.
    public void goTo(String tab) throws IOException {
        post("/window", "{\"handle\":\"%s\"}".formatted(escaped(tab)));
    }

    /// Closes the present tab; [#goTo] another one then.
    public void closeTab() throws IOException {
        send("DELETE", URI.create(session + "/window"), "");
    }

    /// Chromium's developer tools (CDP).
    public void tool(String command, String parameters) throws IOException {
        post("/goog/cdp/execute", "{\"cmd\":\"%s\",\"params\":%s}".formatted(command, parameters));
    }

    public byte[] screenshot() throws IOException {
        return Base64.getDecoder().decode(value(send("GET", URI.create(session + "/screenshot"), "")));
    }

    private Map<String, String> post(String path, String body) throws IOException {
        return send("POST", URI.create(session + path), body);
    }

    /// The members of the answer's `value` that are text; a `value` that is text itself has the name "".
    private Map<String, String> send(String method, URI uri, String body) throws IOException {
        var publisher = body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
        var request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .method(method, publisher)
                .build();
        var answer = answer(request);
        if (answer.statusCode() != 200) {
            throw new AssertionError("%s %s answered %s".formatted(method, uri, answer.body()));
        }
        var members = new HashMap<String, String>();
        try (var json = new JsonFactory().createParser(answer.body())) {
            json.nextToken();
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_STRING) {
                    boolean whole = json.getParsingContext().getParent().inRoot();
                    members.put(whole ? "" : json.currentName(), json.getText());
                }
            }
        }
        return members;
    }

    private HttpResponse<String> answer(HttpRequest request) throws IOException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the browser worked");
        }
    }

    private static String value(Map<String, String> members) {
        var value = members.get("");
        if (value == null) {
            throw new AssertionError("no text came back, but " + members);
        }
        return value;
    }

    private static String escaped(Object text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text.toString()));
    }

    @Override
    public void close() throws IOException {
        try {
            send("DELETE", URI.create(session), "");
        } finally {
            driver.destroy();
            driver.onExit().orTimeout(10, TimeUnit.SECONDS).join();
            http.close();
        }
    }
}
