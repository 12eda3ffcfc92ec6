package dev.fanfare.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "acme"                       | acme
            "acme corp"                  | acme corp
            42                           | 42
            ["acme","acme corp",7]       | acme;acme corp;7
            [null,true,{"a":1},["b"]]    | ``
            {"a":"b"}                    | ``
            true                         | ``
            null                         | ``
            """)
    void takesNamesAsTheyAre(String json, String names) {
        var claims = Claims.parse("{\"tenant\":" + json + "}");

        assertThat(claims.names("tenant")).isEqualTo(list(names));
        assertThat(claims.names("other")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "webhooks:read webhooks:manage"      | webhooks:read;webhooks:manage
            ["webhooks:read","webhooks:manage"]  | webhooks:read;webhooks:manage
            " "                                  | ``
            7                                    | ``
            """)
    void takesTextsApartAtBlanks(String json, String texts) {
        assertThat(Claims.parse("{\"scope\":" + json + "}").texts("scope")).isEqualTo(list(texts));
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(";"));
    }
}
