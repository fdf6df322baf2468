package dev.signalbox.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rule of ARCHITECTURE.md on who may depend on whom. */
class DependencyRuleTest {
    private static final JavaClasses SIGNALBOX = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.signalbox");

    /** What every module may use. */
    private static final List<String> GROUND = List.of("java..", "javax..", "org.jspecify..", "org.slf4j..");

    /** What a module may use besides: its own leaf, and the libraries of its field. */
    private static final Map<String, List<String>> MODULES = Map.ofEntries(
            Map.entry("tls", List.of()),
            Map.entry("http", List.of("dev.signalbox.tls")),
            Map.entry("router", List.of("org.jctools..")),
            Map.entry(
                    "endpoint.netty",
                    List.of("dev.signalbox.router", "io.netty..", "tools.jackson.core..", "org.jctools..")),
            Map.entry("client", List.of("tools.jackson..")),
            Map.entry("cluster.nats", List.of("dev.signalbox.router", "dev.signalbox.tls", "io.nats..")),
            Map.entry("cluster.redis", List.of("dev.signalbox.router", "io.lettuce..")),
            Map.entry("database", List.of("com.zaxxer.hikari..", "org.flywaydb..", "org.postgresql..", "jdk.net..")),
            Map.entry("database.hibernate", List.of("dev.signalbox.database", "jakarta.persistence..")),
            Map.entry("session.bus", List.of("tools.jackson..", "com.fasterxml.jackson.annotation..")),
            Map.entry(
                    "session.postgres",
                    List.of("dev.signalbox.session.bus", "dev.signalbox.database", "org.postgresql..")),
            Map.entry("session.redis", List.of("dev.signalbox.session.bus", "io.lettuce..")),
            Map.entry("session.mongodb", List.of("dev.signalbox.session.bus", "com.mongodb..", "org.bson..")),
            Map.entry(
                    "delivery.queue",
                    List.of("dev.signalbox.database", "tools.jackson..", "org.postgresql..", "org.jctools..")),
            Map.entry(
                    "delivery.webhook",
                    List.of(
                            "dev.signalbox.delivery.queue",
                            "dev.signalbox.database",
                            "dev.signalbox.http",
                            "dev.signalbox.tls")),
            Map.entry(
                    "delivery.sms",
                    List.of(
                            "dev.signalbox.delivery.queue",
                            "dev.signalbox.http",
                            "dev.signalbox.tls",
                            "tools.jackson..",
                            "com.google.i18n.phonenumbers..")),
            Map.entry("delivery.suppression", List.of("dev.signalbox.delivery.queue", "dev.signalbox.database")),
            Map.entry("delivery.inbox", List.of("dev.signalbox.delivery.queue", "dev.signalbox.database")),
            Map.entry("delivery.digest", List.of("dev.signalbox.delivery.queue", "dev.signalbox.database")),
            Map.entry("delivery.attachments", List.of("dev.signalbox.database")),
            Map.entry(
                    "templates",
                    List.of(
                            "dev.signalbox.database",
                            "com.samskivert.mustache..",
                            "io.pebbletemplates.pebble..",
                            "ch.digitalfondue.mjml4j..")),
            Map.entry("ha.lease", List.of("dev.signalbox.database")),
            Map.entry("ha.redis", List.of("dev.signalbox.ha.lease", "io.lettuce..")),
            Map.entry("ha.peer", List.of("tools.jackson..")),
            Map.entry("ha.etcd", List.of("dev.signalbox.ha.lease", "tools.jackson..")),
            Map.entry(
                    "llm",
                    List.of(
                            "dev.signalbox.http",
                            "dev.signalbox.tls",
                            "dev.langchain4j..",
                            "com.azure..",
                            "com.fasterxml.jackson..")),
            Map.entry(
                    "observatory",
                    List.of(
                            "dev.signalbox.http",
                            "tools.jackson.core..",
                            "ch.qos.logback..",
                            "org.apache.logging.log4j..",
                            "jakarta.servlet..",
                            "io.grpc..")),
            Map.entry("exec", List.of()),
            Map.entry("mail", List.of("dev.signalbox.tls", "jakarta.mail..", "org.jsoup..")),
            Map.entry("maintenance.control", List.of()),
            Map.entry(
                    "maintenance.http",
                    List.of("dev.signalbox.maintenance.control", "com.sun.net.httpserver..", "jakarta.servlet..")),
            Map.entry("maintenance.etcd", List.of("dev.signalbox.maintenance.control", "tools.jackson..")),
            Map.entry("maintenance.kafka", List.of("dev.signalbox.maintenance.control", "org.apache.kafka..")),
            Map.entry("maintenance.sqs", List.of("dev.signalbox.maintenance.control", "software.amazon.awssdk..")),
            Map.entry("maintenance.grpc", List.of("dev.signalbox.maintenance.control", "io.grpc..")),
            Map.entry("maintenance.database", List.of("dev.signalbox.maintenance.control", "dev.signalbox.database")),
            Map.entry("delivery.email", List.of("dev.signalbox.delivery.queue", "dev.signalbox.mail")),
            Map.entry(
                    "spring",
                    List.of(
                            "dev.signalbox.database",
                            "dev.signalbox.delivery.queue",
                            "dev.signalbox.router",
                            "dev.signalbox.ha.lease",
                            "dev.signalbox.maintenance.control",
                            "dev.signalbox.mail",
                            "dev.signalbox.testing.endpoint",
                            "org.springframework..",
                            "org.aopalliance..",
                            "io.micrometer..",
                            "com.zaxxer.hikari..")));

    /** What the server's features are built with. */
    private static final String[] MECHANISMS = {
        "dev.signalbox.server.configuration",
        "dev.signalbox.server.rest",
        "dev.signalbox.server.command",
        "dev.signalbox.server.node"
    };

    private static final List<String> FEATURES = List.of(
            "clients",
            "cluster",
            "hooks",
            "topics",
            "delivery",
            "deliverycache",
            "leases",
            "maintenance",
            "sms",
            "email",
            "webhook",
            "sandbox",
            "suppression",
            "inbox",
            "digest",
            "attachments",
            "templates",
            "sessions",
            "llm",
            "exec",
            "observatory",
            "console",
            "systemd",
            "demo");

    static Stream<Map.Entry<String, List<String>>> modules() {
        return MODULES.entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aLibraryUsesOnlyItsLeafAndItsField(Map.Entry<String, List<String>> module) {
        String own = "dev.signalbox." + module.getKey();
        String[] allowed = Stream.of(GROUND, module.getValue(), List.of(own + ".."))
                .flatMap(List::stream)
                .toArray(String[]::new);
        // The name of one module may begin with another's: database, database.hibernate.
        String[] others = MODULES.keySet().stream()
                .filter(other -> other.startsWith(module.getKey() + "."))
                .map(other -> "dev.signalbox." + other + "..")
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(own + "..")
                .and()
                .resideOutsideOfPackages(others)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed)
                .check(SIGNALBOX);
    }

    @Test
    void everyLibraryIsUnderTheRule() {
        Stream<String> libraries = SIGNALBOX.stream()
                .map(type -> type.getPackageName())
                .distinct()
                .filter(name -> !name.matches("dev\\.signalbox\\.(server|testing|benchmarks|examples).*"))
                .map(name -> name.substring("dev.signalbox.".length()));
        assertThat(libraries).containsExactlyInAnyOrderElementsOf(MODULES.keySet());
    }

    @Test
    void nothingThatShipsUsesWhatOnlyTestsUse() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.signalbox.testing..", "dev.signalbox.benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.signalbox.testing.contract..", "dev.signalbox.testing.services..", "org.junit..")
                .check(SIGNALBOX);
    }

    @Test
    void onlyBenchmarksStandAboveTheServer() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.signalbox.server..", "dev.signalbox.benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.signalbox.server..")
                .check(SIGNALBOX);
    }

    /** Routes are written against our own types, so that the library can be exchanged in one place. */
    @Test
    void onlyTheWebServerKnowsItsLibrary() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.signalbox\\.server\\.rest\\.(WebServer|Jetty\\w+|ConnectionLimits)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.jetty..")
                .check(SIGNALBOX);
    }

    /** A message may be null, and then people would read "null". */
    @Test
    void theServerAsksNoFailureForItsMessageButThroughItsText() {
        noClasses()
                .that()
                .resideInAPackage("dev.signalbox.server..")
                .and()
                .doNotHaveSimpleName("FailureText")
                .should()
                .callMethodWhere(target(name("getMessage")).and(target(owner(assignableTo(Throwable.class)))))
                .check(SIGNALBOX);
    }

    @Test
    void theServersMechanismsKnowNoFeature() {
        noClasses()
                .that()
                .resideInAnyPackage(MECHANISMS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FEATURES.stream()
                        .map(feature -> "dev.signalbox.server." + feature + "..")
                        .toArray(String[]::new))
                .check(SIGNALBOX);
    }

    static Stream<String> features() {
        return FEATURES.stream();
    }

    /** The demo plays a client, and so makes tokens as the feature {@code clients} does. */
    @ParameterizedTest
    @MethodSource("features")
    void aFeatureKnowsNoOther(String feature) {
        String[] others = features()
                .filter(other -> !other.equals(feature))
                .filter(other -> !(feature.equals("demo") && other.equals("clients")))
                .map(other -> "dev.signalbox.server." + other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("dev.signalbox.server." + feature + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(SIGNALBOX);
    }

    @Test
    void everyPackageOfTheServerIsAMechanismOrAFeature() {
        Stream<String> packages = SIGNALBOX.stream()
                .map(type -> type.getPackageName())
                .filter(name -> name.startsWith("dev.signalbox.server."))
                .distinct();
        assertThat(packages)
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of(MECHANISMS), features().map(feature -> "dev.signalbox.server." + feature))
                        .toList());
    }

    @Test
    void modulesHaveNoCycles() {
        slices().matching("dev.signalbox.(**)").should().beFreeOfCycles().check(SIGNALBOX);
    }

    @Test
    void noPackageIsAJunkDrawer() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..util..", "..utils..", "..common..", "..core..", "..impl..", "..helpers..", "..misc..")
                .check(SIGNALBOX);
    }
}
