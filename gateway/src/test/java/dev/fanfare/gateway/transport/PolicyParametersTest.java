package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.protocol.Priority;
import dev.fanfare.gateway.session.Terms;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyParametersTest {
    private static final PolicySettings ALL = PolicySettings.DEFAULT;
    private static final PolicySettings FEW = new PolicySettings(
            List.of(Policy.CONFLATE, Policy.SAMPLE),
            Policy.SAMPLE,
            Duration.ofSeconds(5),
            Duration.ofMillis(250),
            Duration.ofSeconds(10),
            500);
    private static final Terms SAMPLED = new Terms(Policy.SAMPLE, Duration.ofSeconds(3), Priority.LOW);

    /// @param said such as `policy=sample interval=2s`
    private static Terms read(PolicySettings bounds, Terms otherwise, String said) {
        var values = new HashMap<String, String>();
        Arrays.stream(said.split(" "))
                .filter(one -> !one.isEmpty())
                .map(one -> one.split("=", 2))
                .forEach(one -> values.put(one[0], one[1]));
        return new TermsReader("member", bounds).read(name -> Optional.ofNullable(values.get(name)), otherwise);
    }

    private static Terms standard(PolicySettings bounds) {
        return new TermsReader("member", bounds).standard();
    }

    @ParameterizedTest
    @CsvSource({
        "policy=resume, RESUME, PT0S, NORMAL",
        "policy=drop-oldest, DROP_OLDEST, PT0S, NORMAL",
        "policy=conflate priority=low, CONFLATE, PT0S, LOW",
        "policy=disconnect priority=normal, DISCONNECT, PT0S, NORMAL",
        "policy=sample, SAMPLE, PT1S, NORMAL",
        "policy=sample interval=2, SAMPLE, PT2S, NORMAL",
        "policy=sample interval=100ms, SAMPLE, PT0.1S, NORMAL",
        "policy=sample interval=PT1M, SAMPLE, PT1M, NORMAL",
        "priority=low, RESUME, PT0S, LOW",
    })
    void readsEachPolicy(String said, Policy policy, Duration interval, Priority priority) {
        assertThat(read(ALL, standard(ALL), said)).isEqualTo(new Terms(policy, interval, priority));
    }

    @Test
    void costsNothingWhereNothingUnusualIsSaid() {
        assertThat(read(ALL, standard(ALL), "")).isSameAs(Terms.USUAL);
        assertThat(read(ALL, standard(ALL), "policy=resume priority=normal")).isSameAs(Terms.USUAL);
    }

    @Test
    void takesTheOperatorsStandard() {
        assertThat(read(FEW, standard(FEW), ""))
                .isEqualTo(new Terms(Policy.SAMPLE, Duration.ofSeconds(5), Priority.NORMAL));
        assertThat(read(FEW, standard(FEW), "interval=1s"))
                .isEqualTo(new Terms(Policy.SAMPLE, Duration.ofSeconds(1), Priority.NORMAL));
    }

    @Test
    void takesWhatIsLeftOutFromTheUrl() {
        assertThat(read(ALL, SAMPLED, "")).isEqualTo(SAMPLED);
        assertThat(read(ALL, SAMPLED, "priority=normal"))
                .isEqualTo(new Terms(Policy.SAMPLE, Duration.ofSeconds(3), Priority.NORMAL));
        assertThat(read(ALL, SAMPLED, "policy=sample")).isEqualTo(SAMPLED);
        assertThat(read(ALL, SAMPLED, "policy=conflate"))
                .isEqualTo(new Terms(Policy.CONFLATE, Duration.ZERO, Priority.LOW));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "policy=drop | member 'policy' is 'drop': use one of resume, disconnect, conflate, sample, drop-oldest",
                "policy=SAMPLE | member 'policy' is 'SAMPLE': use one of resume, disconnect, conflate, sample, drop-oldest",
                "priority=high | member 'priority' is 'high': use one of normal, low",
                "interval=1s | member 'interval' is '1s': it belongs to policy 'sample': leave it out, or ask for that",
                "policy=conflate interval=1s | member 'interval' is '1s': it belongs to policy 'sample'",
            })
    void saysWhatIsWrong(String said, String detail) {
        assertRefused(ALL, said, detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"99ms", "0", "61s", "-1", "soon", "PT-1S", "99999999999999999999s"})
    void refusesIntervalsOutOfTheOperatorsBounds(String interval) {
        assertRefused(
                ALL,
                "policy=sample interval=" + interval,
                "member 'interval' is '" + interval + "': use a duration such as 2s or 500ms, from 100ms to 60s");
    }

    @Test
    void refusesWhatTheOperatorDoesNotAllow() {
        assertRefused(FEW, "policy=drop-oldest", "member 'policy' is 'drop-oldest': use one of conflate, sample");
        assertRefused(FEW, "policy=resume", "member 'policy' is 'resume': use one of conflate, sample");
        assertRefused(FEW, "interval=11s", "from 250ms to 10s");
    }

    private static void assertRefused(PolicySettings bounds, String said, String detail) {
        var problem = catchThrowableOfType(ProblemException.class, () -> read(bounds, standard(bounds), said));
        assertThat(problem.code()).isEqualTo(ErrorCode.INVALID_PARAMETER);
        assertThat(problem.detail()).contains(detail);
    }
}
