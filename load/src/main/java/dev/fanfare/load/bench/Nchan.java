package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// nginx with its module Nchan, from Debian's packages. Events are posted to it; its messages stay in shared memory.
final class Nchan extends Served {
    private static final Path MODULE = Path.of("/usr/lib/nginx/modules/ngx_nchan_module.so");
    private static final int CONNECTIONS_MAX = 19_500;

    private final String name;
    private final int workers;
    private final Processes processes;
    private final int port = Child.freePort();

    Nchan(String name, int workers, Processes processes) {
        this.name = name;
        this.workers = workers;
        this.processes = processes;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return "%s, Nchan %s, %d worker%s"
                .formatted(
                        Machine.said(List.of("nginx", "-v")).replace("nginx version: ", ""),
                        Machine.said(List.of("dpkg-query", "-W", "-f", "${Version}", "libnginx-mod-nchan")),
                        workers,
                        workers == 1 ? "" : "s");
    }

    @Override
    public Optional<String> missing() {
        boolean there =
                Files.exists(MODULE) && !Machine.said(List.of("nginx", "-v")).isEmpty();
        return Contender.unless(there, "on Debian, apt-get install nginx-core libnginx-mod-nchan");
    }

    @Override
    public Optional<String> refuses(Load load) {
        return Optional.empty();
    }

    @Override
    Child launch() throws InterruptedException {
        var home = processes.folder(name);
        processes.write(name, "nginx.conf", config(home));
        var command = List.of("nginx", "-p", home.toString(), "-c", "nginx.conf", "-g", "daemon off;");
        return processes.start(name, command).awaitPort(port);
    }

    private String config(Path home) {
        return """
                load_module %s;
                %sworker_processes %d;
                worker_rlimit_nofile 20000;
                pid %s/nginx.pid;
                error_log %s/error.log warn;
                events {
                  worker_connections %d;
                }
                http {
                  access_log off;
                  client_body_temp_path %s/body;
                  proxy_temp_path %s/proxy;
                  fastcgi_temp_path %s/fastcgi;
                  uwsgi_temp_path %s/uwsgi;
                  scgi_temp_path %s/scgi;
                  keepalive_requests 1000000000;
                  nchan_shared_memory_size 1024M;
                  server {
                    listen 127.0.0.1:%d backlog=4096;
                    nchan_message_buffer_length 5000;
                    nchan_message_timeout 5m;
                    nchan_subscriber_first_message newest;
                    location ~ ^/pub/(.+)$ {
                      nchan_publisher;
                      nchan_channel_id $1;
                    }
                    location ~ ^/sse/(.+)$ {
                      nchan_subscriber eventsource;
                      nchan_channel_id $1;
                    }
                    location ~ ^/ws/(.+)$ {
                      nchan_subscriber websocket;
                      nchan_channel_id $1;
                    }
                    location ~ ^/poll/(.+)$ {
                      nchan_subscriber longpoll;
                      nchan_channel_id $1;
                    }
                  }
                }
                """.formatted(
                        MODULE,
                        "root".equals(System.getProperty("user.name")) ? "user root;\n" : "",
                        workers,
                        home,
                        home,
                        CONNECTIONS_MAX,
                        home,
                        home,
                        home,
                        home,
                        home,
                        port);
    }

    @Override
    List<String> target(Load load) {
        var options = new ArrayList<>(List.of("--url", root() + load.transport().label() + "/{channel}"));
        options.addAll(List.of("--ready", "none"));
        if (load.transport() == Transport.POLL) {
            options.addAll(List.of("--poll-first", "none", "--cursor-field", "headers"));
        }
        return options;
    }

    @Override
    List<String> publisher() {
        return List.of("--publisher", "http", "--publish-url", root() + "pub/{key}");
    }

    private String root() {
        return "http://127.0.0.1:%d/".formatted(port);
    }

    /// It writes each event by itself anyway.
    @Override
    public Optional<Contender> single() {
        return Optional.of(this);
    }
}
