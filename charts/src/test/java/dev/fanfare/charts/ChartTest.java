package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What Helm renders, for each of the examples.
class ChartTest {
    private static final Map<String, Class<? extends HasMetadata>> MODELS = Stream.of(
                    ConfigMap.class,
                    Deployment.class,
                    HTTPRoute.class,
                    HorizontalPodAutoscaler.class,
                    Ingress.class,
                    NetworkPolicy.class,
                    Pod.class,
                    PodDisruptionBudget.class,
                    PrometheusRule.class,
                    Secret.class,
                    Service.class,
                    ServiceAccount.class,
                    ServiceMonitor.class)
            .collect(Collectors.toMap(Class::getSimpleName, model -> model));

    @Test
    void passesHelmsLint() {
        var result = new Helm(Chart.FOLDER).lint().strict().call();
        assertThat(result.getMessages()).noneMatch(message -> message.contains("[ERROR]"));
        assertThat(result.isFailed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway.yaml", "webhooks.yaml", "everything.yaml"})
    void hasNoFieldThatKubernetesDoesNotKnow(String example) throws Exception {
        for (var object : Chart.render(example)) {
            var kind = object.path("kind").textValue();
            assertThat(MODELS).containsKey(kind);
            var model = Chart.JSON.treeToValue(object, MODELS.get(kind));
            assertThat(object.path("apiVersion").textValue()).isEqualTo(model.getApiVersion());
            assertThat(lost(kind, object, Chart.JSON.valueToTree(model))).isEmpty();
            assertThat(unknown(kind, model)).isEmpty();
        }
    }

    @Test
    void makesAllItCan() {
        assertThat(Chart.render("everything.yaml"))
                .extracting(object -> object.path("kind").textValue())
                .contains(MODELS.keySet().toArray(String[]::new));
        assertThat(Chart.render("webhooks.yaml"))
                .extracting(object -> object.path("kind").textValue())
                .containsExactlyInAnyOrder(
                        "ServiceAccount", "ConfigMap", "Deployment", "Service", "PodDisruptionBudget", "Pod");
    }

    @ParameterizedTest
    @ValueSource(strings = {"push-fanfare-gateway", "push-fanfare-webhooks"})
    void deploysWithoutAMissingPod(String name) {
        var spec = Chart.object(Chart.render("everything.yaml"), "Deployment", name)
                .path("spec");
        assertThat(spec.at("/strategy/rollingUpdate/maxUnavailable").asInt()).isZero();
        assertThat(spec.path("minReadySeconds").asInt()).isPositive();
        assertThat(spec.has("replicas")).as("the autoscaler's").isFalse();
        assertThat(spec.at("/template/spec/enableServiceLinks").asBoolean(true)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"20s, 25", "1500ms, 7", "2m, 125", "1h, 3605"})
    void waitsForTheDrainBeforeItKills(String deadline, int grace) {
        var objects = Chart.render("gateway.yaml", "gateway.shutdown.deadline=" + deadline);
        assertThat(Chart.object(objects, "Deployment", "push-fanfare-gateway")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .isEqualTo(grace);
    }

    @Test
    void asksForReadinessMoreOftenThanTheNoticeLasts() {
        var probe = Chart.object(Chart.render("gateway.yaml"), "Deployment", "push-fanfare-gateway")
                .at("/spec/template/spec/containers/0/readinessProbe");
        assertThat(probe.path("periodSeconds").asInt()
                        * probe.path("failureThreshold").asInt())
                .isLessThan(3);
    }

    @Test
    void restartsPodsWhenWhatTheyReadChanges() {
        assertThat(checksums()).isEqualTo(checksums());
        assertThat(checksums("gateway.config.session.heartbeat=21s").getFirst())
                .isNotEqualTo(checksums().getFirst());
        assertThat(checksums("kafka.sasl.password=another").getLast())
                .isNotEqualTo(checksums().getLast());
    }

    private static List<JsonNode> checksums(String... set) {
        var annotations = Chart.object(Chart.render("everything.yaml", set), "Deployment", "push-fanfare-gateway")
                .at("/spec/template/metadata/annotations");
        return List.of(annotations.get("checksum/config"), annotations.get("checksum/secrets"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway.yaml", "webhooks.yaml", "everything.yaml"})
    void runsNothingAsRootAndWritesOnlyBelowTmp(String example) {
        var pods = Chart.render(example).stream()
                .map(object -> object.path("kind").textValue().equals("Pod")
                        ? object.path("spec")
                        : object.at("/spec/template/spec"))
                .filter(JsonNode::isObject)
                .toList();
        assertThat(pods).isNotEmpty();
        for (var pod : pods) {
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/seccompProfile/type").textValue())
                    .isEqualTo("RuntimeDefault");
            for (var container : pod.path("containers")) {
                var context = container.path("securityContext");
                assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(context.path("allowPrivilegeEscalation").asBoolean(true))
                        .isFalse();
                assertThat(context.at("/capabilities/drop/0").textValue()).isEqualTo("ALL");
                for (var mount : container.path("volumeMounts")) {
                    assertThat(mount.path("readOnly").asBoolean()
                                    || mount.path("mountPath").textValue().equals("/tmp"))
                            .as("%s", mount)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void mountsEachSecretThatItSays() {
        var pod = Chart.object(Chart.render("everything.yaml"), "Deployment", "push-fanfare-gateway")
                .at("/spec/template/spec");
        var volumes = new ArrayList<String>();
        pod.path("volumes").forEach(volume -> volumes.add(volume.path("name").textValue()));
        var mounts = new ArrayList<String>();
        pod.at("/containers/0/volumeMounts")
                .forEach(mount -> mounts.add(mount.path("name").textValue()));
        assertThat(volumes).containsExactlyElementsOf(mounts).contains("kafka-ca", "kafka-sasl", "tls", "issuer");
    }

    @Test
    void keepsSecretsOutOfConfigMaps() {
        assertThat(Chart.render("everything.yaml").stream()
                        .filter(object -> !object.path("kind").textValue().equals("Secret"))
                        .map(JsonNode::toString))
                .noneMatch(text -> text.contains("only-for-trying-out"));
    }

    @Test
    void letsStreamsLast() {
        var objects = Chart.render("everything.yaml");
        assertThat(Chart.object(objects, "HTTPRoute", "push-fanfare-gateway").at("/spec/rules/0/timeouts"))
                .isEqualTo(Chart.JSON.createObjectNode().put("request", "0s").put("backendRequest", "0s"));
        assertThat(Chart.object(objects, "Ingress", "push-fanfare-gateway")
                        .at("/metadata/annotations")
                        .path("nginx.ingress.kubernetes.io/proxy-buffering")
                        .textValue())
                .isEqualTo("off");
    }

    @Test
    void letsNobodyFromOutsideReadMetrics() {
        for (var object : Chart.render("everything.yaml")) {
            for (var path : object.findValuesAsText("path")) {
                if (List.of("Ingress", "HTTPRoute").contains(object.path("kind").textValue())) {
                    assertThat(path)
                            .doesNotStartWith("/metrics")
                            .doesNotStartWith("/health")
                            .isNotEqualTo("/");
                }
            }
        }
    }

    @Test
    void speaksTlsToAllWhoAskTheGateway() {
        var objects = Chart.render("everything.yaml");
        var container =
                Chart.object(objects, "Deployment", "push-fanfare-gateway").at("/spec/template/spec/containers/0");
        for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container.at("/" + probe + "/httpGet/scheme").textValue())
                    .isEqualTo("HTTPS");
        }
        assertThat(Chart.object(objects, "ServiceMonitor", "push-fanfare-gateway")
                        .at("/spec/endpoints/0/scheme")
                        .textValue())
                .isEqualTo("https");
        assertThat(Chart.object(objects, "Pod", "push-fanfare-gateway-test").toString())
                .contains("https://push-fanfare-gateway:8080/health/ready");
    }

    @Test
    void letsPodsReachKafkaAndTheStore() {
        var objects = Chart.render("everything.yaml");
        assertThat(ports(Chart.object(objects, "NetworkPolicy", "push-fanfare-gateway")))
                .containsExactly(53, 53, 9093, 9094, 443);
        assertThat(ports(Chart.object(objects, "NetworkPolicy", "push-fanfare-webhooks")))
                .containsExactly(53, 53, 9093, 9094, 6432, 443, 80);
    }

    @Test
    void keepsThePortOfOperatorsToItself() {
        var objects = Chart.render("everything.yaml");
        var service = Chart.object(objects, "Service", "push-fanfare-gateway-management");
        assertThat(service.at("/spec/clusterIP").textValue()).isEqualTo("None");
        assertThat(service.at("/spec/ports"))
                .singleElement()
                .hasToString(
                        "{\"name\":\"management\",\"port\":8081,\"targetPort\":\"management\",\"appProtocol\":\"https\"}");
        var container =
                Chart.object(objects, "Deployment", "push-fanfare-gateway").at("/spec/template/spec/containers/0");
        assertThat(container.path("ports").toString()).contains("{\"name\":\"management\",\"containerPort\":8081}");
        assertThat(container.path("env").toString())
                .contains(
                        "\"FANFARE_MANAGEMENT_TOKEN\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"fanfare-operators\"");
        for (var kind : List.of("Service", "Ingress", "HTTPRoute")) {
            assertThat(Chart.object(objects, kind, "push-fanfare-gateway").toString())
                    .doesNotContain("management", "8081");
        }
        assertThat(lettingIn(objects)).containsExactly("http from ingress", "management from operations");
        assertThat(lettingIn(Chart.render("everything.yaml", "gateway.management.from=null")))
                .containsExactly("http from ingress");
        assertThat(Chart.render("everything.yaml", "gateway.management.enabled=false").stream()
                        .map(JsonNode::toString))
                .noneMatch(text -> text.contains("management"));
        assertThatThrownBy(() ->
                        Chart.render("gateway.yaml", "gateway.config.access=null", "gateway.management.enabled=true"))
                .hasMessageContaining("gateway.management.secret is required");
    }

    private static List<String> lettingIn(List<JsonNode> objects) {
        var policy = Chart.object(objects, "NetworkPolicy", "push-fanfare-gateway");
        return StreamSupport.stream(policy.at("/spec/ingress").spliterator(), false)
                .map(rule -> rule.at("/ports/0/port").asText() + " from "
                        + rule.at("/from/0/namespaceSelector/matchLabels")
                                .elements()
                                .next()
                                .asText())
                .toList();
    }

    private static List<Integer> ports(JsonNode policy) {
        return StreamSupport.stream(policy.at("/spec/egress").spliterator(), false)
                .flatMap(rule -> StreamSupport.stream(rule.path("ports").spliterator(), false))
                .map(port -> port.path("port").asInt())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    gateway.yaml  | kafka.bootstrapServers=          | kafka.bootstrapServers is required
                    gateway.yaml  | kafka.bootstrapServers=kafka     | bootstrapServers
                    gateway.yaml  | gateway.replica=3                | replica
                    gateway.yaml  | gateway.replicas=0               | replicas
                    gateway.yaml  | gateway.config.kafka.group.id=x  | invalid propertyName 'kafka'
                    gateway.yaml  | gateway.config.management\\.token=x | management.token
                    gateway.yaml  | gateway.management.port=0        | port
                    gateway.yaml  | gateway.shutdown.deadline=soon   | deadline
                    gateway.yaml  | kafka.sasl.mechanism=GSSAPI      | mechanism
                    gateway.yaml  | kafka.sasl.secret=               | kafka.sasl.secret is required
                    webhooks.yaml | webhooks.store.url=              | webhooks.store.url is required
                    webhooks.yaml | webhooks.store.url=jdbc:h2:./db  | url
                    webhooks.yaml | webhooks.keys.secret=            | webhooks.keys.secret is required
                    webhooks.yaml | webhooks.apiToken.secret=        | webhooks.apiToken.secret is required
                    """)
    void refusesWhatCannotWork(String example, String set, String named) {
        assertThatThrownBy(() -> Chart.render(example, set)).hasMessageContaining(named);
    }

    /// What of `given` is not in `read`: numbers and texts may change places, as Kubernetes lets them.
    private static List<String> lost(String path, JsonNode given, JsonNode read) {
        var lost = new ArrayList<String>();
        if (given.isObject()) {
            given.properties().forEach(entry -> {
                var value = entry.getValue();
                if (!value.isEmpty() || value.isValueNode()) {
                    lost.addAll(lost(path + "." + entry.getKey(), value, read.path(entry.getKey())));
                }
            });
        } else if (given.isArray()) {
            for (int i = 0; i < given.size(); i++) {
                lost.addAll(lost(path + "[" + i + "]", given.get(i), read.path(i)));
            }
        } else if (!given.asText().equals(read.asText()) && !read.has("amount")) {
            lost.add("%s: %s, read as %s".formatted(path, given, read));
        }
        return lost;
    }

    /// Fields that a model has only kept aside because it does not know them.
    private static List<String> unknown(String path, Object model) throws Exception {
        var unknown = new ArrayList<String>();
        for (var method : model.getClass().getMethods()) {
            boolean getter = method.getParameterCount() == 0 && method.getName().startsWith("get");
            if (!getter || method.getDeclaringClass() == Object.class) {
                continue;
            }
            var value = method.invoke(model);
            if (method.getName().equals("getAdditionalProperties")) {
                ((Map<?, ?>) value).keySet().forEach(key -> unknown.add(path + "." + key));
            } else if (value instanceof List<?> list) {
                for (var each : list) {
                    unknown.addAll(isModel(each) ? unknown(path + "." + method.getName(), each) : List.of());
                }
            } else if (isModel(value)) {
                unknown.addAll(unknown(path + "." + method.getName(), value));
            }
        }
        return unknown;
    }

    private static boolean isModel(@Nullable Object value) {
        return value != null
                && value.getClass().getPackageName().startsWith("io.fabric8.")
                && !value.getClass().isEnum();
    }
}
