package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pushpin, from Debian's package, with a tiny origin behind it. Events are posted to its control port.
///
/// Long-polls are left out: an event between two of them is lost unless the origin keeps it.
final class Pushpin extends Served {
    private static final int CONNECTIONS_MAX = 19_000;
    private static final int CONNECT_RATE = 400; // it refuses some of those that come faster
    private static final String BODY = "{\"items\":[{\"channel\":\"{key}\",\"formats\":{"
            + "\"http-stream\":{\"content\":\"data: {text}\\n\\n\"},"
            + "\"ws-message\":{\"content\":\"{text}\"}}}]}";

    private final Processes processes;
    private final int port = Child.freePort();
    private final int control = Child.freePort();
    private @Nullable GripOrigin origin;

    Pushpin(Processes processes) {
        this.processes = processes;
    }

    @Override
    public String name() {
        return "pushpin";
    }

    @Override
    public String description() {
        return Machine.said(List.of("pushpin", "--version"));
    }

    @Override
    public Optional<String> missing() {
        return Contender.unless(!description().isEmpty(), "on Debian, apt-get install pushpin");
    }

    @Override
    public Optional<String> refuses(Load load) {
        return Contender.unless(load.transport() != Transport.POLL && !load.returns(), "–");
    }

    @Override
    Child launch() throws InterruptedException {
        if (origin == null) {
            origin = new GripOrigin();
        }
        processes.write(name(), "routes", "* 127.0.0.1:%d,over_http\n".formatted(origin.port()));
        var config = processes.write(name(), "pushpin.conf", config(processes.folder(name())));
        return processes
                .start(name(), List.of("pushpin", "--config=" + config))
                .awaitPort(port)
                .awaitPort(control);
    }

    private String config(Path home) {
        return """
                [global]
                include={libdir}/internal.conf
                rundir=%s/run
                ipc_prefix=
                [runner]
                services=condure,zurl,pushpin-proxy,pushpin-handler
                http_port=127.0.0.1:%d
                logdir=%s
                log_level=1
                client_buffer_size=8192
                client_maxconn=%d
                [proxy]
                routesfile=routes
                zurl_out_specs=ipc://{rundir}/{ipc_prefix}zurl-in
                zurl_out_stream_specs=ipc://{rundir}/{ipc_prefix}zurl-in-stream
                zurl_in_specs=ipc://{rundir}/{ipc_prefix}zurl-out
                [handler]
                push_in_spec=ipc://{rundir}/{ipc_prefix}push-in
                push_in_sub_specs=ipc://{rundir}/{ipc_prefix}push-in-sub
                push_in_http_addr=127.0.0.1
                push_in_http_port=%d
                command_spec=ipc://{rundir}/{ipc_prefix}command
                message_rate=1000000
                message_hwm=1000000
                """.formatted(home, port, home, CONNECTIONS_MAX, control);
    }

    @Override
    int connectRate() {
        return CONNECT_RATE;
    }

    @Override
    List<String> target(Load load) {
        var url = "http://127.0.0.1:%d/%s/{channel}"
                .formatted(port, load.transport().label());
        return List.of("--url", url, "--ready", "none");
    }

    @Override
    List<String> publisher() {
        var url = "http://127.0.0.1:%d/publish/".formatted(control);
        return List.of("--publisher", "http", "--publish-url", url, "--publish-body", BODY);
    }

    /// It writes each event by itself anyway.
    @Override
    public Optional<Contender> single() {
        return Optional.of(this);
    }

    @Override
    public void close() {
        super.close();
        if (origin != null) {
            origin.close();
            origin = null;
        }
    }
}
