package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.endpoint.Endpoint;
import java.util.List;

/// Makes a call. It has told the journal what became of the jobs when it returns.
@FunctionalInterface
public interface Deliverer {
    /// Blocks until the call has ended, on a virtual thread of its own. A deliverer that throws has told the journal
    /// nothing: the lane parks the jobs again.
    ///
    /// @param jobs one; several only if the endpoint's form is [dev.fanfare.webhook.endpoint.PayloadForm#BATCH]
    /// @param endpoint as it was when the call began
    Result deliver(List<Job> jobs, Endpoint endpoint);
}
