package dev.signalbox.server.node;

import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.SeedVariable;
import dev.signalbox.server.rest.ControlSettings;
import java.util.List;
import java.util.regex.Pattern;

/** What go-message-dispatcher's environment variables mean for a node. Those of a feature are with the feature. */
final class SeedVariables {
    private static final String IN_URL = "is part of `database.url` (PostgreSQL)";
    private static final String CONTINUOUS =
            "has no effect: this release does not pace, deliveries are sent continuously as they become due";
    private static final String NO_REDIS = "has no effect: Redis is not used, delivery data are in the database";
    private static final String NO_LOCK =
            "has no effect: leases in the database keep several nodes from sending the same message";
    private static final Kind<Integer> PORT = Kind.whole(1, 65_535);
    private static final Kind<String> HOST =
            Kind.matching("a host name or address", Pattern.compile("[\\w.:\\[\\]-]{1,253}"));
    private static final Kind<String> ANY = Kind.text("up to 1024 characters", 0, 1024);

    static final List<SeedVariable> ALL = List.of(
            SeedVariable.of("DB_HOST", HOST, "localhost", IN_URL),
            SeedVariable.of("DB_PORT", PORT, "5432", IN_URL),
            SeedVariable.of("DB_NAME", Kind.text("1 to 63 characters", 1, 63), "messages_db", IN_URL),
            SeedVariable.sets("DB_USER", NodeKeys.DATABASE_USER, "postgres"),
            SeedVariable.sets("DB_PASSWORD", NodeKeys.DATABASE_PASSWORD, "password"),
            SeedVariable.of(
                    "DB_SSLMODE",
                    Kind.matching(
                            "one of disable, allow, prefer, require, verify-ca, verify-full",
                            Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full")),
                    "disable",
                    IN_URL),
            SeedVariable.sets("SERVER_PORT", ControlSettings.PORT, "8080"),
            SeedVariable.sets("LOG_LEVEL", NodeKeys.LOG_LEVEL, "info"),
            SeedVariable.sets("SHUTDOWN_TIMEOUT", NodeKeys.SHUTDOWN_TIMEOUT, "30s"),
            SeedVariable.of("BATCH_SIZE", Kind.whole(1, 1_000_000), "2", CONTINUOUS),
            SeedVariable.of("PROCESSING_INTERVAL", Kind.duration("1ms", "365d"), "2m", CONTINUOUS),
            SeedVariable.of("REDIS_HOST", HOST, "localhost", NO_REDIS),
            SeedVariable.of("REDIS_PORT", PORT, "6379", NO_REDIS),
            SeedVariable.of("REDIS_PASSWORD", ANY, "", NO_REDIS),
            SeedVariable.of("REDIS_DB", Kind.whole(0, 1_000_000), "0", NO_REDIS),
            SeedVariable.of("DISTRIBUTED_LOCK_ENABLED", Kind.truth(), "false", NO_LOCK),
            SeedVariable.of("DISTRIBUTED_LOCK_TTL", Kind.duration("1ms", "365d"), "3m", NO_LOCK),
            SeedVariable.of("DISTRIBUTED_LOCK_KEY", ANY, "message-dispatcher:lock", NO_LOCK));

    private SeedVariables() {}
}
