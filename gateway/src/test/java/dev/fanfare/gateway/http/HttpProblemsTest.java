package dev.fanfare.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.http.Problems;
import org.junit.jupiter.api.Test;

class HttpProblemsTest {
    @Test
    void rendersAnRfc9457DocumentWhateverTheDetailHolds() {
        var problem = new ProblemException(ErrorCode.NO_KEY, "the event 'é\"\n' has no key");
        assertThat(new String(Problems.render(problem, "r-1"), UTF_8))
                .isEqualTo("{\"type\":\"about:blank#no-key\",\"title\":\"No key\",\"status\":422,"
                        + "\"detail\":\"the event 'é\\\"\\n' has no key\",\"code\":\"no-key\",\"requestId\":\"r-1\"}");
    }
}
