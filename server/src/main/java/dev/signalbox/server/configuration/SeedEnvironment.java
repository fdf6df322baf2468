package dev.signalbox.server.configuration;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The environment variables of go-message-dispatcher, which work as they are. Other than there, a value that cannot be
 * read is an error, and what has no effect here is said. An empty variable counts as not set, as it did there.
 */
final class SeedEnvironment {
    private static final String DATABASE = "DB_";

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
        settings.schema().variables().stream().filter(v -> given(v.name())).forEach(this::read);
        if (anyGiven(DATABASE)) {
            database();
        }
        settings.schema().variables().stream()
                .filter(v -> v.implied() && (anyGiven(DATABASE) || anyGiven(group(v.name()))))
                .forEach(this::fallBack);
    }

    private void read(SeedVariable variable) {
        String text = environment.get(variable.name());
        if (text == null || !isAllowed(variable, text)) {
            return;
        }
        variable.path().ifPresent(path -> settings.put(path, text, source(variable)));
        if (variable.isWithoutEffect()) {
            settings.warn(variable.name() + " " + variable.effect());
        }
    }

    private boolean isAllowed(SeedVariable variable, String text) {
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
        fallBack(variable("DB_USER"));
        fallBack(variable("DB_PASSWORD"));
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

    /** {@code SMS_API_URL} and {@code SMS_API_TOKEN} are of one group. */
    private static String group(String name) {
        return name.substring(0, name.lastIndexOf('_') + 1);
    }

    private void fallBack(SeedVariable variable) {
        variable.path()
                .ifPresent(path -> settings.put(
                        path,
                        variable.fallback(),
                        new Source(Source.Rank.SEED_DEFAULT, "default of " + variable.name())));
    }

    private String value(String name) {
        String text = environment.get(name);
        return text == null || text.isEmpty() ? variable(name).fallback() : text;
    }

    private SeedVariable variable(String name) {
        return settings.schema().variables().stream()
                .filter(v -> v.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private boolean given(String name) {
        return !environment.getOrDefault(name, "").isEmpty();
    }

    private boolean anyGiven(String prefix) {
        return settings.schema().variables().stream().anyMatch(v -> v.name().startsWith(prefix) && given(v.name()));
    }

    private static Source source(SeedVariable variable) {
        return new Source(Source.Rank.SEED_ENVIRONMENT, variable.name());
    }

    private static boolean isBareIpv6(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
