package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.load.report.ResultFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

@Timeout(60)
class PageTest {
    @TempDir
    Path dir;

    @Test
    void hasTheFiguresOfTheRunAndAChartOfEach() throws Exception {
        var result = dir.resolve("run.json");
        var page = page(
                Fault.none(),
                0,
                "--transports",
                "sse,ws,poll",
                "--out",
                result.toString(),
                "--server-pid",
                Long.toString(ProcessHandle.current().pid()));
        assertThat(text(page, "h1")).containsExactly("Load: fanout");
        assertThat(text(page, "strong")).contains("✓ Passed");
        assertThat(text(page, "figcaption"))
                .containsSubsequence(
                        "Latency over time, msp50p99max",
                        "Latency by percentile, msmeasured time onlypollssews",
                        "Deliveries per second",
                        "Events published per second",
                        "Sessions open",
                        "CPUs that the server takes",
                        "CPUs that this tool takesall of itbusiest loop")
                .doesNotContain("Errors so far");
        assertThat(text(page, "tr")).anyMatch(row -> row.startsWith("sse1100"));
        var seconds = ResultFile.read(result).timeLine().seconds();
        var open = figure(page, "Sessions open");
        assertThat(path(open).split("[ML]", -1)).hasSize(seconds.size() + 1);
    }

    @Test
    void asksForNothingElse() throws Exception {
        page(Fault.none(), 0);
        assertThat(Files.readString(dir.resolve("run.html")))
                .contains("prefers-color-scheme: dark", "width=device-width")
                .doesNotContain("<script", "<link", "<img", "src=", "href=", "@import", "url(");
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        var page = page(Fault.instead(Item.Kind.DROP), 1, "--drain", "100ms");
        assertThat(text(page, "strong")).contains("✗ Failed");
        assertThat(text(page, "li")).contains("1 sessions were lost", "1 lost: the stream ended");
        assertThat(text(page, "figcaption")).contains("Errors so far");
    }

    @Test
    void letsNoTextBecomeMarkup() throws Exception {
        var profile = Files.writeString(dir.resolve("a<b>&\"'c.yaml"), "rate: 50\n");
        var page = page(Fault.none(), 0, "--profile", profile.toString());
        assertThat(text(page, "td")).contains(profile.toString());
    }

    @Test
    void drawsNoLineThroughATimeOfWhichNothingIsKnown() throws Exception {
        var run = dir.resolve("run.json");
        assertThat(Ran.fanout("--out", run.toString(), "--duration", "2s").status())
                .isZero();
        var later = Files.writeString(dir.resolve("later.json"), later(Files.readString(run)));
        var html = dir.resolve("run.html");
        Ran.of(List.of("merge", run.toString(), later.toString(), "--html", html.toString()));
        assertThat(path(figure(parsed(html), "Sessions open")).split("M", -1)).hasSize(3);
    }

    /// The same, an hour later.
    private static String later(String result) {
        return Pattern.compile("(\"(?:end|from|to)Micros\":)(\\d+)")
                .matcher(result)
                .replaceAll(match -> match.group(1) + (Long.parseLong(match.group(2)) + 3_600_000_000L));
    }

    private Document page(Fault fault, int status, String... more) throws Exception {
        var file = dir.resolve("run.html");
        var arguments = new ArrayList<>(List.of(more));
        arguments.addAll(List.of("--html", file.toString()));
        var run = Ran.fanout(fault, arguments.toArray(String[]::new));
        assertThat(run.status()).as(run.out()).isEqualTo(status);
        return parsed(file);
    }

    private static Document parsed(Path file) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static List<String> text(Document page, String tag) {
        var elements = page.getElementsByTagName(tag);
        var text = new ArrayList<String>();
        for (int i = 0; i < elements.getLength(); i++) {
            text.add(elements.item(i).getTextContent());
        }
        return text;
    }

    private static Element figure(Document page, String title) {
        var figures = page.getElementsByTagName("figure");
        for (int i = 0; i < figures.getLength(); i++) {
            if (figures.item(i).getTextContent().startsWith(title)) {
                return (Element) figures.item(i);
            }
        }
        throw new AssertionError("no chart " + title);
    }

    private static String path(Element figure) {
        var paths = figure.getElementsByTagName("path");
        for (int i = 0; i < paths.getLength(); i++) {
            if (((Element) paths.item(i)).getAttribute("class").startsWith("line")) {
                return ((Element) paths.item(i)).getAttribute("d");
            }
        }
        throw new AssertionError("no line");
    }
}
