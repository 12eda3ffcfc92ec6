package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An image is the same, whether Docker or Jib makes it, and what the chart runs.
class ImagesTest {
    private static final Pattern FLAG = Pattern.compile("(?:^| )(--?[a-zA-Z][^ $\"]*)");
    private static final List<String> NOT_THE_JVMS = List.of("-cp", "-c", "-jar");

    @ParameterizedTest
    @CsvSource({"gateway, gateway", "webhooks, webhook-dispatcher"})
    void startTheJvmInOneWay(String app, Path module) {
        var script = Chart.text(Chart.ROOT.resolve(module).resolve("src/archive/bin/fanfare-" + app));
        var pom = Chart.text(Chart.ROOT.resolve(module).resolve("pom.xml"));
        assertThat(flags(first(pom, "<arg>exec java (.*) \\$JAVA_OPTS ")))
                .isNotEmpty()
                .isEqualTo(flags(first(script, "(?s)exec \"\\$java\" (.*?)(?: \\\\\n  )?\\$\\{")
                        .replace("\\\n ", "")));
    }

    @ParameterizedTest
    @CsvSource({"gateway, gateway", "webhooks, webhook-dispatcher"})
    void runOnTheSameJavaAsTheSameUserOnTheSamePort(String app, Path module) {
        var dockerfile = Chart.text(Chart.ROOT.resolve("images/%s.Dockerfile".formatted(app)));
        var pom = Chart.text(Chart.ROOT.resolve("pom.xml"));
        assertThat(first(dockerfile, "ARG JAVA=(.*)")).isEqualTo(first(pom, "<image.java>(.*)</image.java>"));
        var values = Chart.yaml(Chart.FOLDER.resolve("values.yaml"));
        var user = values.at("/podSecurityContext/runAsUser").asText() + ":"
                + values.at("/podSecurityContext/runAsGroup").asText();
        assertThat(first(dockerfile, "USER (.*)")).isEqualTo(user);
        assertThat(first(pom, "<user>(.*)</user>")).isEqualTo(user);
        var port = values.at("/%s/service/port".formatted(app)).asText();
        assertThat(first(dockerfile, "EXPOSE (.*)")).isEqualTo(port);
        assertThat(first(Chart.text(Chart.ROOT.resolve(module).resolve("pom.xml")), "<port>(.*)</port>"))
                .isEqualTo(port);
    }

    private static List<String> flags(String command) {
        return FLAG.matcher(command)
                .results()
                .map(flag -> flag.group(1))
                .filter(flag -> !NOT_THE_JVMS.contains(flag))
                .toList();
    }

    private static String first(String text, String pattern) {
        var found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as(pattern).isTrue();
        return found.group(1);
    }
}
