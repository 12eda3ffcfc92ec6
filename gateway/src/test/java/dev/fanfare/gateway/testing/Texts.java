package dev.fanfare.gateway.testing;

import java.util.regex.Pattern;

/// Looks into JSON that a test knows the shape of.
public final class Texts {
    private Texts() {}

    /// The value of the last string member of that name.
    public static String member(String json, String name) {
        var match =
                Pattern.compile("\"" + Pattern.quote(name) + "\":\"([^\"]*)\"").matcher(json);
        String found = null;
        while (match.find()) {
            found = match.group(1);
        }
        if (found == null) {
            throw new AssertionError("no member " + name + " in " + json);
        }
        return found;
    }

    /// A long-poll's cursor.
    public static String cursor(RawClient.Answer answer) {
        if (answer.status() != 200) {
            throw new AssertionError("no answer to a poll: " + answer);
        }
        return member(answer.text(), "cursor");
    }
}
