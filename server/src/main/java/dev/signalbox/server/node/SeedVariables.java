package dev.signalbox.server.node;

import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.SeedVariable;
import dev.signalbox.server.rest.ControlSettings;
import java.util.List;
import java.util.regex.Pattern;

/** What go-message-dispatcher's environment variables mean for a node. Those of a feature are with the feature. */
final class SeedVariables {
    private static final String IN_URL = "is part of `database.url` (PostgreSQL)";
    private static final String NO_REDIS =
            "delivery data are in the database; `delivery.cache.redis-url` has them in Redis, too";
    private static final String NO_LOCK = "leases in the database keep several nodes from sending the same message";
    private static final Kind<Integer> PORT = Kind.whole(1, 65_535);
    private static final Kind<String> HOST =
            Kind.matching("a host name or address", Pattern.compile("[\\w.:\\[\\]-]{1,253}"));

    static final List<SeedVariable> ALL = List.of(
            inUrl("DB_HOST", HOST, "localhost"),
            inUrl("DB_PORT", PORT, "5432"),
            inUrl("DB_NAME", Kind.text("1 to 63 characters", 1, 63), "messages_db"),
            SeedVariable.sets("DB_USER", NodeKeys.DATABASE_USER, "postgres"),
            SeedVariable.sets("DB_PASSWORD", NodeKeys.DATABASE_PASSWORD, "password"),
            inUrl(
                    "DB_SSLMODE",
                    Kind.matching(
                            "one of disable, allow, prefer, require, verify-ca, verify-full",
                            Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full")),
                    "disable"),
            SeedVariable.sets("SERVER_PORT", ControlSettings.PORT, "8080"),
            SeedVariable.sets("LOG_LEVEL", NodeKeys.LOG_LEVEL, "info"),
            SeedVariable.sets("SHUTDOWN_TIMEOUT", NodeKeys.SHUTDOWN_TIMEOUT, "30s"),
            SeedVariable.withoutEffect("REDIS_HOST", "localhost", NO_REDIS),
            SeedVariable.withoutEffect("REDIS_PORT", "6379", NO_REDIS),
            SeedVariable.withoutEffect("REDIS_PASSWORD", "", NO_REDIS),
            SeedVariable.withoutEffect("REDIS_DB", "0", NO_REDIS),
            SeedVariable.withoutEffect("DISTRIBUTED_LOCK_ENABLED", "false", NO_LOCK),
            SeedVariable.withoutEffect("DISTRIBUTED_LOCK_TTL", "3m", NO_LOCK),
            SeedVariable.withoutEffect("DISTRIBUTED_LOCK_KEY", "message-dispatcher:lock", NO_LOCK));

    private static SeedVariable inUrl(String name, Kind<?> kind, String fallback) {
        return SeedVariable.partOf(name, NodeKeys.DATABASE_URL, kind, fallback, IN_URL);
    }

    private SeedVariables() {}
}
