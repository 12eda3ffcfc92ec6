package dev.fanfare.quickstart.receiver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Verifies webhooks by the official library (Standard Webhooks 1.0): the signature, and a timestamp within five
/// minutes.
///
/// @param secrets a file of secrets, one a line. It is read for each webhook, so that it may come later and may be
/// changed while secrets are rotated.
record Signatures(Path secrets) {

    /// Looks at one webhook. The library takes the body as text, so a body that is not UTF-8 is never verified.
    ///
    /// @param headers by their names, in any case
    /// @return why it is not accepted, empty if it is
    String problem(Map<String, List<String>> headers, byte[] body) {
        List<String> known;
        try {
            known = Files.readAllLines(secrets).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException missing) {
            return "no secret is known yet: " + secrets + " cannot be read";
        }
        var problem = "no secret is known yet: " + secrets + " is empty";
        for (var secret : known) {
            try {
                new Webhook(secret.strip()).verify(new String(body, UTF_8), headers);
                return "";
            } catch (WebhookVerificationException | EmptyWebhookSecretException refused) {
                problem = String.valueOf(refused.getMessage());
            } catch (IllegalArgumentException notBase64) {
                problem = "a line of " + secrets + " is no secret"; // the library's message would quote it
            }
        }
        return problem;
    }
}
