package dev.fanfare.service.config;

import dev.fanfare.service.access.IssuerSettings;
import dev.fanfare.service.access.IssuerSettings.KeySource;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads the list `access.issuers`, whole from the highest layer that has any of it: who is trusted cannot be half
/// overridden.
public final class IssuersReader {
    private static final String PREFIX = "access.issuers.";
    private static final Set<String> SOURCES = Set.of("jwks-url", "jwks-file", "public-key-file", "secret-file");
    private static final Pattern KEY = Pattern.compile(
            "access\\.issuers\\.(\\d{1,4})\\.(issuer|audience|jwks[.-]url|jwks[.-]file|public[.-]key[.-]file"
                    + "|secret[.-]file)(?:\\.(\\d{1,4}))?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1]");

    private record Draft(Map<String, String> single, SortedMap<Integer, String> audiences) {
        Draft() {
            this(new HashMap<>(), new TreeMap<>());
        }
    }

    private final Values values;

    public IssuersReader(Values values) {
        this.values = values;
    }

    public List<IssuerSettings> read() {
        values.expect(PREFIX + "0.issuer");
        List<IssuerSettings> inForce = List.of();
        for (var layer : values.layers()) {
            var issuers = read(layer);
            inForce = inForce.isEmpty() ? issuers : inForce;
        }
        return inForce;
    }

    private List<IssuerSettings> read(Layer layer) {
        var drafts = new TreeMap<Integer, Draft>();
        for (var key : layer.keysUnder(PREFIX)) {
            var parts = KEY.matcher(key);
            var text = layer.find(key).map(Layer.Value::text).orElse("").strip();
            if (!parts.matches() || (parts.group(3) != null && !parts.group(2).equals("audience"))) {
                values.problem("%s: unknown key from %s: an issuer has issuer, audience and one of %s"
                        .formatted(
                                key,
                                layer.origin(key),
                                SOURCES.stream().sorted().toList()));
                continue;
            }
            var draft = drafts.computeIfAbsent(Integer.valueOf(parts.group(1)), absent -> new Draft());
            if (parts.group(2).equals("audience")) {
                draft.audiences().put(parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3)), text);
            } else {
                draft.single().put(parts.group(2).replace('.', '-'), text);
            }
        }
        var names = new HashSet<String>();
        var issuers = new ArrayList<IssuerSettings>();
        drafts.forEach((index, draft) -> add(PREFIX + index, draft, names, issuers));
        return issuers;
    }

    private void add(String key, Draft draft, Set<String> names, List<IssuerSettings> to) {
        var name = draft.single().getOrDefault("issuer", "");
        int problems = values.problemCount();
        if (name.isEmpty() || name.matches(".*\\s.*")) {
            values.problem("%s.issuer: is missing or has blanks: give what the tokens' iss says".formatted(key));
        } else if (!names.add(name)) {
            values.problem("%s.issuer: %s is there twice: give each issuer once".formatted(key, Values.quoted(name)));
        }
        if (draft.audiences().isEmpty() || draft.audiences().containsValue("")) {
            values.problem(
                    "%s.audience: is missing: give what the tokens' aud must have, so that tokens for others are refused"
                            .formatted(key));
        }
        var sources = draft.single().keySet().stream().filter(SOURCES::contains).toList();
        if (sources.size() != 1
                || draft.single().getOrDefault(sources.getFirst(), "").isEmpty()) {
            values.problem("%s: needs one of %s for its keys"
                    .formatted(key, SOURCES.stream().sorted().toList()));
        } else if (sources.getFirst().equals("jwks-url")) {
            checkUrl(key + ".jwks-url", draft.single().getOrDefault("jwks-url", ""));
        }
        if (values.problemCount() == problems) {
            to.add(new IssuerSettings(
                    name, List.copyOf(draft.audiences().values()), source(draft, sources.getFirst())));
        }
    }

    private void checkUrl(String key, String text) {
        try {
            var url = URI.create(text);
            var host = String.valueOf(url.getHost());
            if (url.getRawUserInfo() != null) { // it is not shown, and would not be sent
                values.problem("%s: is refused: it must be a URL without user and password".formatted(key));
                return;
            }
            if ("https".equals(url.getScheme())
                    || ("http".equals(url.getScheme()) && LOOPBACK.matcher(host).matches())) {
                return;
            }
        } catch (IllegalArgumentException noUrl) {
            // as below
        }
        values.problem("%s: %s is refused: it must be an https URL, or http on this machine"
                .formatted(key, Values.quoted(text)));
    }

    private static KeySource source(Draft draft, String kind) {
        var text = draft.single().getOrDefault(kind, "");
        return switch (kind) {
            case "jwks-url" -> new KeySource.JwksUrl(URI.create(text));
            case "jwks-file" -> new KeySource.JwksFile(Path.of(text));
            case "public-key-file" -> new KeySource.PublicKeyFile(Path.of(text));
            default -> new KeySource.SecretFile(Path.of(text));
        };
    }
}
