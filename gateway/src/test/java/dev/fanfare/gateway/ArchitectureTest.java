package dev.fanfare.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/// Who may know whom. Everything else is held by package-private.
class ArchitectureTest {
    private static final String GATEWAY = "dev.fanfare.gateway.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.fanfare");

    @Test
    void dataFlowsOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.fanfare..")
                .layer("events")
                .definedBy("dev.fanfare.events..")
                .layer("config")
                .definedBy(GATEWAY + "config..")
                .layer("protocol")
                .definedBy(GATEWAY + "protocol..")
                .layer("channel")
                .definedBy(GATEWAY + "channel..")
                .layer("trace")
                .definedBy(GATEWAY + "trace..")
                .layer("ingest")
                .definedBy(GATEWAY + "ingest..")
                .layer("session")
                .definedBy(GATEWAY + "session..")
                .layer("cluster")
                .definedBy(GATEWAY + "cluster..")
                .layer("publish")
                .definedBy(GATEWAY + "publish..")
                .layer("access")
                .definedBy(GATEWAY + "access..")
                .layer("limits")
                .definedBy(GATEWAY + "limits..")
                .layer("overload")
                .definedBy(GATEWAY + "overload..")
                .layer("http")
                .definedBy(GATEWAY + "http..")
                .layer("listener")
                .definedBy(GATEWAY + "listener..")
                .optionalLayer("websocket")
                .definedBy(GATEWAY + "websocket..")
                .layer("transport")
                .definedBy(GATEWAY + "transport..")
                .layer("observe")
                .definedBy(GATEWAY + "observe..")
                .layer("manage")
                .definedBy(GATEWAY + "manage..")
                .layer("app")
                .definedBy(GATEWAY + "app..")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("manage")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("observe")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("transport")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("websocket")
                .mayOnlyBeAccessedByLayers("transport", "app")
                .whereLayer("access")
                .mayOnlyBeAccessedByLayers("http", "transport", "manage", "app")
                .whereLayer("limits")
                .mayOnlyBeAccessedByLayers("http", "transport", "observe", "app")
                .whereLayer("overload")
                .mayOnlyBeAccessedByLayers("observe", "app")
                .whereLayer("listener")
                .mayOnlyBeAccessedByLayers("limits", "websocket", "transport", "observe", "app")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("transport", "manage", "app")
                .whereLayer("publish")
                .mayOnlyBeAccessedByLayers("http", "transport", "app")
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("transport", "cluster", "observe", "manage", "app")
                .whereLayer("cluster")
                .mayOnlyBeAccessedByLayers("http", "transport", "observe", "manage", "app")
                .whereLayer("ingest")
                .mayOnlyBeAccessedByLayers("observe", "app")
                .whereLayer("trace")
                .mayOnlyBeAccessedByLayers("ingest", "session", "app")
                .whereLayer("channel")
                .mayOnlyBeAccessedByLayers("ingest", "trace", "session", "observe", "manage", "app")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage(GATEWAY + "protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(GATEWAY + "config..", GATEWAY + "publish..", GATEWAY + "access..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.fanfare.events..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(GATEWAY.substring(0, GATEWAY.length() - 1) + "..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.fanfare.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyAppSeesConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackages(GATEWAY + "app..", "dev.fanfare.service.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon.config..", "dev.fanfare.service.config..")
                .check(CLASSES);
    }

    @Test
    void sessionsAndTransportsDoNotSeeKafka() {
        noClasses()
                .that()
                .resideInAnyPackage(GATEWAY + "session..", GATEWAY + "transport..", GATEWAY + "websocket..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(CLASSES);
    }

    @Test
    void onlyTransportsSeeTheServerAndTheWebSocketEngine() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.fanfare.events..",
                        GATEWAY + "protocol..",
                        GATEWAY + "channel..",
                        GATEWAY + "ingest..",
                        GATEWAY + "session..",
                        GATEWAY + "publish..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "org.glassfish..", "jakarta..")
                .check(CLASSES);
    }
}
