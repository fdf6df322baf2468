package dev.signalbox.server.leases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.services.RealEtcd;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that shares the work with others, and one that alone does it. Two servers as processes are in the system tests. */
class ServerLeasesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Server start(String... more) {
        return startIn(folder, more);
    }

    private static Server startIn(Path data, String... more) {
        List<String> sets = new ArrayList<>(List.of("data.folder=" + data, "control.port=0", "clients.port=0"));
        sets.addAll(List.of(more));
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private Run run(Server server, String... arguments) {
        return runIn(folder, server, arguments);
    }

    private static Run runIn(Path data, Server server, String... arguments) {
        Stream<String> where = Stream.of("--url", server.controlUri().toString(), "--data", data.toString());
        return Run.of(Stream.concat(Stream.of(arguments), where).toArray(String[]::new));
    }

    @Test
    void whereAllSendEachServes() {
        try (Server server = start()) {
            assertThat(run(server, "ha", "status").out())
                    .isEqualToIgnoringNewLines("SERVING   all nodes send (delivery.active is all)");
            assertThat(run(server, "ha", "status", "--json").json().toString())
                    .isEqualTo("{\"active\":\"all\",\"role\":\"SERVING\"}");
            Run handover = run(server, "ha", "handover");
            assertThat(handover.exitCode()).isNotZero();
            assertThat(handover.err()).contains("Set delivery.active to one");
        }
    }

    @Test
    void oneThatIsAloneLeads() {
        try (Server server = start("delivery.active=one", "ha.node=alone")) {
            awaitServing(server);
            Run status = run(server, "ha", "status");
            assertThat(status.out())
                    .containsPattern("this node is alone/\\p{XDigit}{16}")
                    .containsPattern("leader    alone/")
                    .contains("epoch     1", "problem   none");

            Run handover = run(server, "ha", "handover", "--json");

            assertThat(handover.err()).isEmpty();
            assertThat(handover.out()).isEqualToIgnoringNewLines("{\"handedOver\":true}");
            Awaitility.await("to lead again, since nobody else does")
                    .atMost(PATIENCE)
                    .until(() -> run(server, "ha", "status").out().contains("epoch     2"));
        }
    }

    @Test
    void anotherStartOnTheSameDataLeadsWithTheNextEpoch() {
        try (Server server = start("delivery.active=one")) {
            awaitServing(server);
        }
        try (Server server = start("delivery.active=one")) {
            awaitServing(server);
            assertThat(run(server, "ha", "status").out()).contains("epoch     2");
        }
    }

    /** Otherwise nobody would send while the leader is in maintenance. */
    @Test
    void aLeaderInMaintenanceHandsOverAndStandsAgainAfterwards() {
        String database = "database.url=" + RealPostgres.shared().freshDatabase();
        Path here = folder.resolve("one");
        Path there = folder.resolve("two");
        try (Server one = startIn(here, database, "delivery.active=one", "ha.node=one")) {
            awaitRole(here, one, "SERVING");
            try (Server two = startIn(there, database, "delivery.active=one", "ha.node=two")) {
                awaitRole(there, two, "WAITING");

                maintenance(here, one, "on", "--reason", "disk");

                awaitRole(there, two, "SERVING");
                awaitRole(here, one, "WAITING");
                assertThat(runIn(here, one, "maintenance", "report").out()).contains("leadership", "DRAINED");
                maintenance(here, one, "off");
                assertThat(runIn(there, two, "ha", "status").out()).startsWith("SERVING");

                maintenance(there, two, "on", "--reason", "disk");

                awaitRole(here, one, "SERVING");
            }
        }
    }

    private static void maintenance(Path data, Server server, String... arguments) {
        Run run = runIn(
                data,
                server,
                Stream.of(Stream.of("maintenance"), Stream.of(arguments), Stream.of("--wait", "1m"))
                        .flatMap(words -> words)
                        .toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static void awaitRole(Path data, Server server, String role) {
        Awaitility.await(role)
                .atMost(PATIENCE)
                .until(() -> runIn(data, server, "ha", "status").out().startsWith(role));
    }

    @Test
    void theLeaseMayBeInRedisOrEtcd() {
        try (Server server = start(
                "delivery.active=one",
                "ha.store=redis",
                "ha.redis.url=" + RealRedis.shared().url())) {
            awaitServing(server);
        }
        try (Server server = start(
                "delivery.active=one",
                "ha.store=etcd",
                "ha.etcd.endpoints=" + RealEtcd.shared().url())) {
            awaitServing(server);
        }
    }

    @Test
    void aStoreThatIsAwayLeavesTheNodeReadyAndSaysSo() {
        try (Server server = start("delivery.active=one", "ha.store=etcd", "ha.etcd.endpoints=http://127.0.0.1:1")) {
            Awaitility.await("the problem")
                    .atMost(PATIENCE)
                    .until(() -> run(server, "ha", "status").out().contains("etcd cannot be reached"));
            assertThat(run(server, "ha", "status").out()).startsWith("WAITING");
            assertThat(run(server, "ha", "handover").err()).contains("This node does not lead. No node leads now");
        }
    }

    @Test
    void whatAStoreNeedsIsNamed() {
        assertThatThrownBy(() -> start("ha.store=redis"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ha.redis.url");
        assertThatThrownBy(() -> start("ha.store=etcd"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("ha.etcd.endpoints");
    }

    private void awaitServing(Server server) {
        Awaitility.await("its term")
                .atMost(PATIENCE)
                .until(() -> run(server, "ha", "status").out().startsWith("SERVING"));
    }
}
