package dev.signalbox.server.maintenance;

import dev.signalbox.maintenance.control.FailurePolicy;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The keys of maintenance. */
final class MaintenanceKeys {
    static final Key<Duration> ANNOUNCE = Key.of(
            "maintenance.announce",
            Kind.duration("0s", "5m"),
            "0s",
            "How long the node is not ready but still serves, before it refuses anything. Behind a load balancer: a bit"
                    + " longer than it takes to notice that. Applies to a stop, too.");
    static final Key<Duration> RETRY_AFTER = Key.of(
            "maintenance.retry-after",
            Kind.duration("1s", "1d"),
            "30s",
            "When refused callers are told to try again, in a maintenance without an end.");
    static final Key<FailurePolicy> ON_FAILURE = Key.of(
            "maintenance.on-failure",
            Kind.oneOf(FailurePolicy.class),
            "go_on",
            "What follows if something does not end within shutdown.timeout: `go_on` with the drain, or `undo` it and"
                    + " stay open.");
    static final Key<Integer> DISCONNECTS = Key.of(
            "maintenance.disconnects-per-second",
            Kind.whole(1, 100_000),
            "500",
            "How many clients a second are told to connect elsewhere; faster if shutdown.timeout demands it.");
    static final Key<Path> FILE = Key.optional(
            "maintenance.file",
            Kind.path(),
            "A file to watch: `on` in its first line is maintenance, a missing file is none.");
    static final Key<Boolean> CLUSTER = Key.of(
            "maintenance.cluster",
            Kind.truth(),
            "false",
            "Whether the node heeds the row `cluster` of the table maintenance_signal, which all nodes on one database"
                    + " share, and can write it.");
    static final Key<String> WEBHOOK_SECRET = Key.secret(
            "maintenance.webhook.secret",
            Kind.text("24 to 4096 characters", 24, 4096),
            "Takes signals as signed requests (Standard Webhooks) at /api/maintenance/webhook.");

    static final Key<List<URI>> ETCD = Key.optional(
            "maintenance.etcd.endpoints",
            new Kind<>(
                    "http or https URLs without credentials, with blanks in between",
                    text -> Stream.of(text.strip().split("\\s+"))
                            .map(Kind.base().read())
                            .toList()),
            "The members of an etcd to watch.");
    static final Key<String> ETCD_KEY = Key.of(
            "maintenance.etcd.key",
            Kind.text("1 to 1024 characters", 1, 1024),
            "/maintenance/signalbox",
            "The key there: `true` is maintenance, a missing key is none.");
    static final Key<String> ETCD_USER = Key.optional(
            "maintenance.etcd.user", Kind.text("1 to 256 characters", 1, 256), "The user, if etcd asks for one.");
    static final Key<String> ETCD_PASSWORD = Key.secret(
            "maintenance.etcd.password",
            Kind.text("up to 1024 characters", 0, 1024),
            "The user's password. Required with it.");
    static final Key<Path> ETCD_CA = Key.optional(
            "maintenance.etcd.ca-file",
            Kind.certificates(),
            "Certificates in PEM to trust for etcd; else those of the JDK.");

    static final List<Key<?>> ALL = List.of(
            ANNOUNCE,
            RETRY_AFTER,
            ON_FAILURE,
            DISCONNECTS,
            FILE,
            CLUSTER,
            WEBHOOK_SECRET,
            ETCD,
            ETCD_KEY,
            ETCD_USER,
            ETCD_PASSWORD,
            ETCD_CA);

    private MaintenanceKeys() {}
}
