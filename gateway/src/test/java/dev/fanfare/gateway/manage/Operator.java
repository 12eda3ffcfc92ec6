package dev.fanfare.gateway.manage;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import java.io.IOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Somebody who asks a gateway's management port.
record Operator(int port, String token) {
    static final String TOKEN = "of-the-operator-and-of-nobody-else-0123456789";

    static Operator of(Gateways.Running gateway) {
        return new Operator(gateway.gateway().managementPort().orElseThrow(), TOKEN);
    }

    RawClient.Answer ask(String method, String target) throws IOException {
        try (var client = RawClient.connect(port)) {
            return client.request(method, target, "Authorization: Bearer " + token)
                    .answer();
        }
    }

    /// What a request that is answered with a JSON object gets.
    Map<String, Object> get(String target) throws IOException {
        return json(ask("GET", target));
    }

    static Map<String, Object> json(RawClient.Answer answer) {
        try {
            return JSONObjectUtils.parse(answer.text());
        } catch (ParseException noJson) {
            throw new AssertionError("no JSON object: " + answer, noJson);
        }
    }

    /// The objects in a list that an answer has.
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> list(String target, String member) throws IOException {
        return new ArrayList<>((List<Map<String, Object>>) get(target).get(member));
    }
}
