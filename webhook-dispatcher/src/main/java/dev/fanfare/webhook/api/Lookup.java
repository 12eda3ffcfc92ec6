package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import io.helidon.webserver.http.ServerRequest;

/// Finds what a path names.
record Lookup(EndpointStore store) {
    /// The endpoint of `{id}`. One of a tenant that is none of the caller's is not there.
    Endpoint endpoint(Caller caller, ServerRequest request) {
        return endpoint(caller, request.path().pathParameters().get("id"));
    }

    Endpoint endpoint(Caller caller, String id) {
        if (!EndpointId.isValid(id)) {
            throw missing(id);
        }
        return store.find(new EndpointId(id))
                .filter(endpoint -> caller.sees(endpoint.tenant()))
                .orElseThrow(() -> missing(id));
    }

    /// Whether there is anything of an endpoint for the caller; also of one that was deleted in the last day.
    boolean sees(Caller caller, EndpointId id) {
        return caller.tenants().isEmpty()
                || store.tenant(id).filter(caller::sees).isPresent();
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
