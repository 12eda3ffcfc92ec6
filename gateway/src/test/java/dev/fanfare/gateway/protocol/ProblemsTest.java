package dev.fanfare.gateway.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemsTest {
    @Test
    void rendersAnRfc9457DocumentWhateverTheDetailHolds() {
        var problem = new ProblemException(ErrorCode.NO_KEY, "the event 'é\"\n' has no key");
        assertThat(new String(Problems.render(problem, "r-1"), UTF_8))
                .isEqualTo("{\"type\":\"about:blank#no-key\",\"title\":\"No key\",\"status\":422,"
                        + "\"detail\":\"the event 'é\\\"\\n' has no key\",\"code\":\"no-key\",\"requestId\":\"r-1\"}");
    }
}
