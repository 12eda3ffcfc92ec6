package dev.fanfare.webhook;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import dev.fanfare.service.config.ConfigFile;
import dev.fanfare.service.config.Values;
import io.helidon.config.Config;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who may know whom. Everything else is held by package-private.
class ArchitectureTest {
    private static final String WEBHOOK = "dev.fanfare.webhook.";
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("dev.fanfare.webhook");

    /// Package to the packages that see it. `delivery`, `endpoint` and `journal` are the vocabulary of all.
    private static final Map<String, List<String>> SEEN_BY = Map.ofEntries(
            Map.entry("app", List.of()),
            Map.entry("api", List.of("app", "replay")),
            Map.entry("listen", List.of()),
            Map.entry("observe", List.of("app")),
            Map.entry("config", List.of("api", "app", "dispatch", "page")),
            Map.entry("page", List.of("app")),
            Map.entry("publish", List.of("app", "observe")),
            Map.entry("replay", List.of("app")),
            Map.entry("dispatch", List.of("app", "observe")),
            Map.entry("ingest", List.of("api", "app", "observe", "replay")),
            Map.entry("park", List.of("app", "observe")),
            Map.entry("lane", List.of("app", "dispatch", "observe", "park")),
            Map.entry("http", List.of("api", "app", "dispatch")),
            Map.entry("signing", List.of("api", "app", "dispatch", "listen")),
            Map.entry("payload", List.of("api", "app", "dispatch", "listen", "replay")),
            Map.entry("store", List.of("api", "app", "observe", "park", "publish", "replay")));

    @Test
    void dataFlowsOneWay() {
        LayeredArchitecture rule =
                layeredArchitecture().consideringOnlyDependenciesInAnyPackage("dev.fanfare.webhook..");
        for (var name : SEEN_BY.keySet()) {
            rule = rule.optionalLayer(name).definedBy(WEBHOOK + name + "..");
        }
        for (var layer : SEEN_BY.entrySet()) {
            rule = layer.getValue().isEmpty()
                    ? rule.whereLayer(layer.getKey()).mayNotBeAccessedByAnyLayer()
                    : rule.whereLayer(layer.getKey())
                            .mayOnlyBeAccessedByLayers(layer.getValue().toArray(String[]::new));
        }
        rule.check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.fanfare.webhook.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyAppSeesConfiguration() {
        noClasses()
                .that()
                .resideOutsideOfPackages(WEBHOOK + "app..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Config.class, ConfigFile.class, Values.class)
                .check(CLASSES);
    }

    @Test
    void onlyTheStoreSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackages(WEBHOOK + "store..", WEBHOOK + "api..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.jdbi..", "java.sql..", "com.zaxxer..", "org.flywaydb..")
                .check(CLASSES);
    }

    @Test
    void onlySendersKnowTheHttpClient() {
        noClasses()
                .that()
                .resideOutsideOfPackages(WEBHOOK + "http..", WEBHOOK + "listen..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("okhttp3..")
                .check(CLASSES);
    }
}
