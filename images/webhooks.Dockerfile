# From the root of the repository, after 'mvn -Dfast -DskipTests package':
#   docker build -f images/webhooks.Dockerfile -t fanfare/webhooks .
ARG JAVA=eclipse-temurin:25.0.3_9-jre-noble

FROM $JAVA
WORKDIR /opt/fanfare
# what seldom changes first: the libraries but those with f, then these, as ours are among them
COPY webhook-dispatcher/target/lib/[^f]*.jar lib/
COPY webhook-dispatcher/target/lib/f*.jar lib/
COPY LICENSE .
COPY --chmod=755 webhook-dispatcher/src/archive/bin/fanfare-webhooks bin/
COPY webhook-dispatcher/target/fanfare-webhook-dispatcher.jar .

USER 10001:10001
EXPOSE 8090
ENTRYPOINT ["/opt/fanfare/bin/fanfare-webhooks"]
