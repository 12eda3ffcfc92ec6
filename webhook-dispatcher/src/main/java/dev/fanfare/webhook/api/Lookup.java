package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import io.helidon.webserver.http.ServerRequest;

/// Finds what a path names.
record Lookup(EndpointStore store) {
    /// The endpoint of `{id}`.
    Endpoint endpoint(ServerRequest request) {
        return endpoint(request.path().pathParameters().get("id"));
    }

    Endpoint endpoint(String id) {
        if (!EndpointId.isValid(id)) {
            throw missing(id);
        }
        return store.find(new EndpointId(id)).orElseThrow(() -> missing(id));
    }

    /// The endpoint, if it may be sent anything.
    Endpoint active(Endpoint endpoint) {
        if (endpoint.isActive()) {
            return endpoint;
        }
        throw new ProblemException(
                ApiCode.ENDPOINT_DISABLED,
                "endpoint %s is disabled%s: set 'enabled' to true first"
                        .formatted(
                                endpoint.id(),
                                endpoint.disabledReason()
                                        .map(" (%s)"::formatted)
                                        .orElse("")));
    }

    static ProblemException missing(String id) {
        return new ProblemException(
                ApiCode.NOT_FOUND,
                "there is no endpoint %s: GET /v1/endpoints lists those that are there".formatted(Fields.quoted(id)));
    }
}
