package dev.fanfare.load.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParentCommand;

/// What the groups of commands have in common: whom they ask, and how they show what they are told.
abstract class Group {
    @ParentCommand
    private @Nullable Ctl ctl;

    final Api gateway() {
        return ctl().gateway();
    }

    final Api webhooks() {
        return ctl().webhooks();
    }

    private Ctl ctl() {
        return Objects.requireNonNull(ctl);
    }

    /// Shows an answer as it came, if that is asked for.
    ///
    /// @param readable shows it otherwise
    /// @return the status to exit with
    final int print(JsonNode answer, Consumer<Output> readable) {
        var output = ctl().output();
        if (output.isJson()) {
            output.raw(answer);
        } else {
            readable.accept(output);
        }
        return 0;
    }

    /// Shows an answer that is one thing.
    final int one(JsonNode answer) {
        return print(answer, output -> output.object(answer));
    }
}
