package dev.signalbox.server.configuration;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The environment variables of go-message-dispatcher, which work as they are. Other than there, a value that cannot be
 * read is an error, and what has no effect here is said. An empty variable counts as not set, as it did there.
 */
final class SeedEnvironment {
    /** @param path the key it sets; empty if it only is checked */
    record Variable(String name, Optional<String> path, Kind<?> kind, String fallback, String effect) {
        static Variable sets(String name, String path, Kind<?> kind, String fallback) {
            return new Variable(name, Optional.of(path), kind, fallback, "sets `" + path + "`");
        }

        static Variable of(String name, Kind<?> kind, String fallback, String effect) {
            return new Variable(name, Optional.empty(), kind, fallback, effect);
        }

        boolean isSecret() {
            return name.endsWith("PASSWORD") || name.endsWith("TOKEN");
        }
    }

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

    static final List<Variable> ALL = List.of(
            Variable.of("DB_HOST", HOST, "localhost", IN_URL),
            Variable.of("DB_PORT", PORT, "5432", IN_URL),
            Variable.of("DB_NAME", Kind.text("1 to 63 characters", 1, 63), "messages_db", IN_URL),
            Variable.sets("DB_USER", "database.user", Keys.DATABASE_USER.kind(), "postgres"),
            Variable.sets("DB_PASSWORD", "database.password", Keys.DATABASE_PASSWORD.kind(), "password"),
            Variable.of(
                    "DB_SSLMODE",
                    Kind.matching(
                            "one of disable, allow, prefer, require, verify-ca, verify-full",
                            Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full")),
                    "disable",
                    IN_URL),
            Variable.sets("SMS_API_URL", "delivery.sms.url", Keys.SMS_URL.kind(), "http://localhost:3001/send"),
            Variable.sets("SMS_API_TOKEN", "delivery.sms.token", Keys.SMS_TOKEN.kind(), "mock-token"),
            Variable.sets("MAX_CONTENT_LENGTH", "delivery.sms.max-length", Keys.SMS_MAX_LENGTH.kind(), "160"),
            Variable.sets("SERVER_PORT", "control.port", Keys.CONTROL_PORT.kind(), "8080"),
            Variable.sets("LOG_LEVEL", "log.level", Keys.LOG_LEVEL.kind(), "info"),
            Variable.sets("SHUTDOWN_TIMEOUT", "shutdown.timeout", Keys.SHUTDOWN_TIMEOUT.kind(), "30s"),
            Variable.of("BATCH_SIZE", Kind.whole(1, 1_000_000), "2", CONTINUOUS),
            Variable.of("PROCESSING_INTERVAL", Kind.duration("1ms", "365d"), "2m", CONTINUOUS),
            Variable.of("REDIS_HOST", HOST, "localhost", NO_REDIS),
            Variable.of("REDIS_PORT", PORT, "6379", NO_REDIS),
            Variable.of("REDIS_PASSWORD", ANY, "", NO_REDIS),
            Variable.of("REDIS_DB", Kind.whole(0, 1_000_000), "0", NO_REDIS),
            Variable.of("DISTRIBUTED_LOCK_ENABLED", Kind.truth(), "false", NO_LOCK),
            Variable.of("DISTRIBUTED_LOCK_TTL", Kind.duration("1ms", "365d"), "3m", NO_LOCK),
            Variable.of("DISTRIBUTED_LOCK_KEY", ANY, "message-dispatcher:lock", NO_LOCK));

    private final Map<String, String> environment;
    private final Settings settings;

    private SeedEnvironment(Map<String, String> environment, Settings settings) {
        this.environment = environment;
        this.settings = settings;
    }

    static void read(Map<String, String> environment, Settings settings) {
        new SeedEnvironment(environment, settings).read();
    }

    private void read() {
        ALL.stream().filter(v -> given(v.name())).forEach(this::read);
        if (anyGiven("DB_")) {
            database();
        }
        if (anyGiven("DB_") || anyGiven("SMS_API_")) {
            fallBack("SMS_API_URL");
            fallBack("SMS_API_TOKEN");
        }
    }

    private void read(Variable variable) {
        String text = environment.get(variable.name());
        if (text == null || !isAllowed(variable, text)) {
            return;
        }
        variable.path().ifPresent(path -> settings.put(path, text, source(variable)));
        if (variable.effect().startsWith("has no effect")) {
            settings.warn(variable.name() + " " + variable.effect());
        }
    }

    private boolean isAllowed(Variable variable, String text) {
        if (variable.kind().allows(text)) {
            return true;
        }
        String found = variable.isSecret() ? "its value" : "'" + text + "'";
        settings.violate(
                variable.path().orElse(variable.name()),
                found + " is not allowed; it must be " + variable.kind().allowed(),
                variable.name());
        return false;
    }

    private void database() {
        String host = value("DB_HOST");
        String url = "jdbc:postgresql://" + (isBareIpv6(host) ? "[" + host + "]" : host) + ":" + value("DB_PORT") + "/"
                + encoded(value("DB_NAME")) + "?sslmode=" + value("DB_SSLMODE");
        settings.put("database.url", url, new Source(Source.Rank.SEED_ENVIRONMENT, "DB_HOST and the like"));
        fallBack("DB_USER");
        fallBack("DB_PASSWORD");
        forgetUserOfAnotherDatabase();
    }

    /** With a stronger database.url, the seed's user and password belong to a database that is not used. */
    private void forgetUserOfAnotherDatabase() {
        boolean ours = settings.get("database.url")
                .filter(url -> url.source().rank() == Source.Rank.SEED_ENVIRONMENT)
                .isPresent();
        for (var path : List.of("database.user", "database.password")) {
            if (!ours && settings.get(path).filter(s -> isSeed(s.source())).isPresent()) {
                settings.remove(path);
            }
        }
    }

    private static boolean isSeed(Source source) {
        return source.rank() == Source.Rank.SEED_ENVIRONMENT || source.rank() == Source.Rank.SEED_DEFAULT;
    }

    private void fallBack(String name) {
        var variable = variable(name);
        variable.path()
                .ifPresent(path -> settings.put(
                        path, variable.fallback(), new Source(Source.Rank.SEED_DEFAULT, "default of " + name)));
    }

    private String value(String name) {
        String text = environment.get(name);
        return text == null || text.isEmpty() ? variable(name).fallback() : text;
    }

    private static Variable variable(String name) {
        return ALL.stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
    }

    private boolean given(String name) {
        return !environment.getOrDefault(name, "").isEmpty();
    }

    private boolean anyGiven(String prefix) {
        return ALL.stream().anyMatch(v -> v.name().startsWith(prefix) && given(v.name()));
    }

    private static Source source(Variable variable) {
        return new Source(Source.Rank.SEED_ENVIRONMENT, variable.name());
    }

    private static boolean isBareIpv6(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
