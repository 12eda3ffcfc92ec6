# From the root of the repository, after 'mvn -Dfast -DskipTests package':
#   docker build -f images/gateway.Dockerfile -t fanfare/gateway .
ARG JAVA=eclipse-temurin:25.0.3_9-jre-noble

FROM $JAVA AS app
WORKDIR /opt/fanfare
# what seldom changes first: the libraries but those with f, then these, as ours are among them
COPY gateway/target/lib/[^f]*.jar lib/
COPY gateway/target/lib/f*.jar lib/
COPY LICENSE .
COPY --chmod=755 gateway/src/archive/bin/fanfare-gateway bin/
COPY gateway/target/fanfare-gateway.jar .

# an AOT cache for the start: docs/operations.md
FROM app AS trained
COPY --chmod=755 images/train .
RUN ./train

FROM app
COPY --from=trained /opt/fanfare/fanfare-gateway.aot .
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/opt/fanfare/bin/fanfare-gateway"]
