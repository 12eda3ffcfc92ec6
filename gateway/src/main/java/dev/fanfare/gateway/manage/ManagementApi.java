package dev.fanfare.gateway.manage;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Survey;
import dev.fanfare.gateway.cluster.Node;
import dev.fanfare.gateway.cluster.Nodes;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.session.Recorder;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRouting;
import java.util.function.Supplier;

/// The management API, put together. Every path below `/v1` takes an operator's token, and is answered on the virtual
/// thread of its connection.
public final class ManagementApi {
    private static final String API = "/v1/";

    private final Guard guard;
    private final SessionHandlers sessions;
    private final ChannelHandlers channels;
    private final NodeHandlers node;
    private final DecisionHandlers decisions;

    /// @param nodes those that this one knows of
    /// @param configuration what is in force, as JSON, without secrets
    public ManagementApi(
            GatewaySettings settings,
            Gate gate,
            Sessions sessions,
            Channels channels,
            Drainage drainage,
            Supplier<Node> node,
            Supplier<Nodes> nodes,
            byte[] configuration) {
        var survey = new Survey(channels);
        var recorder = new Recorder(sessions);
        recorder.sample(settings.management().recordOneIn());
        this.guard =
                new Guard(settings.management(), !settings.access().issuers().isEmpty(), gate);
        this.sessions = new SessionHandlers(sessions, survey);
        this.channels = new ChannelHandlers(survey);
        this.decisions = new DecisionHandlers(recorder, this.sessions);
        this.node = new NodeHandlers(sessions, channels, drainage, settings.shutdown(), node, nodes, configuration);
    }

    public void register(HttpRouting.Builder routing) {
        routing.addFilter((chain, request, _) -> {
            if (request.path().path().startsWith(API)) {
                guard.check(request);
            }
            chain.proceed();
        });
        sessions.register(routing);
        channels.register(routing);
        node.register(routing);
        decisions.register(routing);
        for (var path : new String[] {
            "/v1/sessions",
            "/v1/sessions/{id}",
            "/v1/channels",
            "/v1/channels/{name}",
            "/v1/node",
            "/v1/nodes",
            "/v1/config"
        }) {
            HttpProblems.only(routing, ErrorCode.METHOD_NOT_ALLOWED, path, Method.GET);
        }
        for (var order : new String[] {"disconnect", "move"}) {
            HttpProblems.only(routing, ErrorCode.METHOD_NOT_ALLOWED, "/v1/sessions/{id}/" + order, Method.POST);
        }
        HttpProblems.only(routing, ErrorCode.METHOD_NOT_ALLOWED, "/v1/decisions", Method.GET, Method.PUT);
        HttpProblems.only(
                routing,
                ErrorCode.METHOD_NOT_ALLOWED,
                "/v1/sessions/{id}/recording",
                Method.GET,
                Method.PUT,
                Method.DELETE);
        HttpProblems.only(
                routing, ErrorCode.METHOD_NOT_ALLOWED, "/v1/node/drain", Method.GET, Method.POST, Method.DELETE);
    }
}
