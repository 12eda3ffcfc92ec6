package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MisuseTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "--sessions 0 | --sessions 0 is too little: use at least 1",
                "--sessions x | Invalid value for option '--sessions': 'x' is not an int",
                "--sessions 900000000 | --sessions 900000000 need as many open files",
                "--sesions 1 | Unknown options: '--sesions', '1': did you mean '--sessions'?",
                "--channels-per-session 2 | --channels-per-session 2 are more than there are: raise --channels 1",
                "--transports sse,http | '--transports' ",
                "--rate 0 | --rate 0 is too little: use at least 0.001",
                "--rate NaN | --rate NaN is too little",
                "--bytes 10 | --bytes 10 do not hold the marker: use at least",
                "--duration 0s | --duration 0s measures nothing",
                "--duration 5 | '5' is no duration: use 500ms, 30s, 5m or 1h",
                "--url localhost:8080 | --url 'localhost:8080' is no URL: use http://HOST:PORT/PATH or https://",
                "--url ftp://x/ | --url 'ftp://x/' is no URL",
                "--ws-url ftp://x/ | --ws-url 'ftp://x/' is no URL: use http://HOST:PORT/PATH or https://HOST:PORT/PATH,",
                "--tls-trust nowhere.pem | --tls-trust nowhere.pem cannot be used: ",
                "--tls-trust x --tls-insecure | --tls-insecure checks no certificate, so --tls-trust x has no use",
                "--ws-url wss://localhost:8080/ | are of several servers, or some with TLS",
                "--url http://nowhere.invalid/ | --url http://nowhere.invalid/: no address is known",
                "--ws-url ws://localhost:1/ | are of several servers",
                "--header secret | --header takes 'Name: value', not what was given",
                "--kafka-property secret --publisher kafka | --kafka-property takes name=value",
                "--kafka nothing --publisher kafka | --kafka nothing, --topic events or a --kafka-property",
                "--profile nowhere.yaml | --profile nowhere.yaml cannot be read",
                "--server-pid 999999999 | --server-pid 999999999 is no process"
            })
    void isRefusedWithTheOptionAndTheFix(String options, String message) {
        var arguments = ("fanout --publisher none " + options).split(" ", -1);
        if (options.contains("--publisher")) {
            arguments = ("fanout " + options).split(" ", -1);
        }
        assertThat(refusal(arguments)).contains(message).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "--endpoints 0 | --endpoints 0 is too little: use at least 1",
                "--channels-per-endpoint 2 | --channels-per-endpoint 2 are more than there are: raise --channels 1",
                "--publisher none | --publisher none: nobody says then what has to come",
                "--publisher http | --publisher http needs --publish-url",
                "--api localhost | --api 'localhost' is no URL without TLS",
                "--api http://localhost:1 | --api http://localhost:1 does not take an endpoint: ",
                "--token-file nowhere | --token-file nowhere cannot be read",
                "--receiver nowhere.invalid:1 | --receiver 'nowhere.invalid:1' is no address of this machine",
                "--receiver 127.0.0.1 | --receiver '127.0.0.1' is no address of this machine",
                "--receiver 192.0.2.1:0 | --receiver 192.0.2.1:0 cannot be listened on",
                "--settings secret | --settings is no JSON object",
                "--settings {\"url\":1} | --settings must not have 'url'",
                "--settings {\"payload\":\"batch\"} | payload 'batch' is not checked here",
                "--fail answer=503 | would never take an event: say times=2, or for=5s",
                "--fail answer=200,times=1 | answer '200' is none: use a status from 300 to 599, slow, hang or close",
                "--fail times=1 | answer '' is none",
                "--fail answer=slow | delay goes with answer=slow",
                "--fail answer=503,delay=1s,times=1 | delay goes with answer=slow",
                "--fail answer=hang,retry-after=1s,times=1 | retry-after goes with a status",
                "--fail answer=503,times=0 | times '0' is none: use 1 to 100",
                "--fail share=2,answer=503,times=1 | share '2' is none: use more than 0, and 1 at most",
                "--fail share=.0,answer=503,times=1 | share '.0' is none",
                "--fail answer=503,for=5 | '5' is no duration",
                "--fail anwser=503,times=1 | 'anwser=503' in 'anwser=503,times=1' is unknown: use share, events,",
                "--fail events=2,answer=503,times=1 | events '2' is none: use more than 0, and 1 at most",
                "--fail share=.6,answer=503,times=1 --fail share=.6,answer=close,times=1 | 12 endpoints would fail"
            })
    void webhooksAreToo(String options, String message) {
        var arguments = ("webhook --publish-url http://localhost:1/ "
                        + (options.contains("--publisher") ? "" : "--publisher http ") + options)
                .split(" ", -1);
        if (options.equals("--publisher http")) {
            arguments = new String[] {"webhook", "--publisher", "http"};
        }
        assertThat(refusal(arguments)).contains(message).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({"storm", "churn", "slow", "soak"})
    void aShareIsOne(String scenario) {
        assertThat(refusal(scenario, "--publisher", "none", "--share", "1.5"))
                .contains("--share 1.5 is no share: use more than 0, and 1 at most");
        assertThat(refusal(scenario, "--publisher", "none", "--share", "0")).contains("--share 0 is no share");
    }

    @Test
    void aBareLoopHasNoPollsOfSeveralChannels() {
        assertThat(refusal("raw", "--transports", "poll", "--channels", "2", "--channels-per-session", "2"))
                .contains("--channels-per-session 2: a raw long-poll is of one channel");
    }

    @Test
    void anUnknownScenarioIsToo() {
        assertThat(refusal("fanuot")).contains("fanuot").contains("did you mean 'fanout'");
        assertThat(refusal()).contains("fanout", "raw");
    }

    @Test
    void aProfileHasNoOtherOptionsThanTheCommand() throws Exception {
        var file = Files.writeString(dir.resolve("p.yaml"), "sesions: 3\n");
        assertThat(refusal("fanout", "--profile", file.toString()))
                .contains("has the unknown option 'sesions'")
                .contains("sessions");
        Files.writeString(file, "sessions: {a: 1}\n");
        assertThat(refusal("fanout", "--profile=" + file)).contains("'sessions' is neither a value nor a list");
        Files.writeString(file, "- 1\n");
        assertThat(refusal("fanout", "--profile=" + file)).contains("is no map");
    }

    @Test
    void whatTheCommandLineSaysGoesBeforeTheProfile() throws Exception {
        var file = Files.writeString(dir.resolve("p.yaml"), "sessions: 0\nheader: ['A: 1', 'secret']\n");
        assertThat(refusal("fanout", "--profile", file.toString(), "--publisher", "none"))
                .contains("--sessions 0 is too little");
        assertThat(refusal("fanout", "--profile", file.toString(), "--publisher", "none", "--sessions", "1"))
                .contains("--header takes")
                .doesNotContain("secret");
    }

    private static String refusal(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), arguments))
                .isEqualTo(2);
        assertThat(out.toString()).isEmpty();
        return err.toString();
    }
}
