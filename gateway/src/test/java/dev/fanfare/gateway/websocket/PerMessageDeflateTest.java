package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerMessageDeflateTest {
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate",
                "Permessage-Deflate",
                "permessage-deflate; client_max_window_bits",
                "permessage-deflate;client_max_window_bits=8",
                "permessage-deflate; client_max_window_bits=\"15\"",
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                "x-webkit-deflate-frame, permessage-deflate",
                "permessage-deflate; server_max_window_bits=10, permessage-deflate",
                "foo; bar=\"a, b\"; baz, permessage-deflate; client_max_window_bits"
            })
    void agreesTo(String offer) {
        assertThat(PerMessageDeflate.negotiate(List.of(offer))).contains(AGREED);
    }

    @Test
    void confirmsAWindowOf15Bits() {
        assertThat(PerMessageDeflate.negotiate(List.of("permessage-deflate; server_max_window_bits=15")))
                .contains(AGREED + "; server_max_window_bits=15");
    }

    @Test
    void findsAnOfferOnALaterLine() {
        assertThat(PerMessageDeflate.negotiate(List.of("foo", "permessage-deflate")))
                .contains(AGREED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                ";",
                "deflate-frame",
                "permessage-deflate-not",
                "permessage-deflate;",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=8",
                "permessage-deflate; server_max_window_bits=14",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=015",
                "permessage-deflate; client_max_window_bits=7",
                "permessage-deflate; client_max_window_bits=16",
                "permessage-deflate; client_max_window_bits=",
                "permessage-deflate; client_max_window_bits=x",
                "permessage-deflate; server_no_context_takeover=1",
                "permessage-deflate; client_no_context_takeover=true",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                "permessage-deflate; unknown",
                "foo; x=\"permessage-deflate\""
            })
    void declines(String offer) {
        assertThat(PerMessageDeflate.negotiate(List.of(offer))).isEmpty();
    }

    @Test
    void declinesWhereNothingIsOffered() {
        assertThat(PerMessageDeflate.negotiate(List.of())).isEmpty();
    }
}
