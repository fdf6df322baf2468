package dev.signalbox.server.configuration;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The environment variables of go-message-dispatcher, which work as they are. They are the weakest source, and those of one
 * group ({@code DB_…}, {@code SMS_…}) count together or not at all: nobody wants a database whose name is from one place and
 * whose host is from another. An empty variable counts as not set, as it did there.
 */
final class SeedEnvironment {
    private static final String DATABASE = "DB";

    private final Map<String, String> environment;
    private final Settings settings;

    private SeedEnvironment(Map<String, String> environment, Settings settings) {
        this.environment = environment;
        this.settings = settings;
    }

    /** Reads them, after all stronger sources. */
    static void read(Map<String, String> environment, Settings settings) {
        new SeedEnvironment(environment, settings).read();
    }

    private void read() {
        for (var variable : settings.schema().variables()) {
            variable.path()
                    .ifPresentOrElse(path -> warnOfKubernetes(variable, path), () -> warnWithoutEffect(variable));
        }
        groups().values().forEach(this::read);
        warnOfLoopback();
    }

    private void warnWithoutEffect(SeedVariable variable) {
        if (!text(variable).isEmpty()) {
            settings.warn(variable.name() + " " + variable.effect());
        }
    }

    private void warnOfKubernetes(SeedVariable variable, String path) {
        if (Environment.isOfKubernetes(variable.name(), text(variable))) {
            settings.warn(Environment.passedOver(variable.name(), path));
        }
    }

    /** The variables that have an effect. */
    private Map<String, List<SeedVariable>> groups() {
        return settings.schema().variables().stream()
                .filter(variable -> variable.path().isPresent())
                .collect(Collectors.groupingBy(SeedVariable::group, TreeMap::new, Collectors.toList()));
    }

    private void read(List<SeedVariable> group) {
        var given = group.stream().filter(this::isGiven).toList();
        if (given.isEmpty()) {
            return;
        }
        var others = others(group);
        var missing = deciding(group).stream()
                .filter(path -> other(path).isEmpty())
                .distinct()
                .toList();
        if (others.isEmpty()) {
            given.forEach(this::check);
            put(group);
        } else if (missing.isEmpty()) {
            settings.warn(names(given) + (given.size() == 1 ? " is" : " are") + " not used, because "
                    + described(others) + (others.size() == 1 ? " is" : " are") + " set. Remove one of them");
        } else {
            settings.violate(
                    names(given),
                    "cannot be combined with " + described(others) + ": set " + String.join(" and ", missing)
                            + " as well, or remove " + described(others),
                    "");
        }
    }

    /** What stronger sources give of a group. */
    private List<Setting> others(List<SeedVariable> group) {
        return paths(group).stream().flatMap(path -> other(path).stream()).toList();
    }

    private Optional<Setting> other(String path) {
        return settings.get(path).or(() -> settings.get(path + Key.FILE));
    }

    /** The keys without which a group is of no use: those of a database's user are not among them. */
    private static List<String> deciding(List<SeedVariable> group) {
        var parts = group.stream().filter(SeedVariable::part).toList();
        return paths(parts.isEmpty() ? group : parts);
    }

    private static List<String> paths(List<SeedVariable> variables) {
        return variables.stream()
                .flatMap(variable -> variable.path().stream())
                .distinct()
                .toList();
    }

    private static String names(List<SeedVariable> variables) {
        return variables.stream().map(SeedVariable::name).collect(Collectors.joining(", "));
    }

    private static String described(List<Setting> settings) {
        return settings.stream().map(Setting::described).collect(Collectors.joining(", "));
    }

    private void check(SeedVariable variable) {
        if (!variable.kind().allows(text(variable))) {
            String found = variable.isSecret() ? "its value" : "'" + Masked.text(text(variable)) + "'";
            settings.violate(
                    variable.part() ? variable.name() : variable.path().orElse(variable.name()),
                    found + " is not allowed; it must be " + variable.kind().allowed(),
                    variable.name());
        }
    }

    private void put(List<SeedVariable> group) {
        boolean database = group.getFirst().group().equals(DATABASE);
        if (database) {
            putUrl(group);
            groups().values().stream()
                    .filter(other -> other.stream().noneMatch(this::isGiven)
                            && others(other).isEmpty())
                    .flatMap(List::stream)
                    .filter(SeedVariable::implied)
                    .forEach(this::put);
        }
        group.stream()
                .filter(variable -> !variable.part())
                .filter(variable -> database || variable.implied() || isGiven(variable))
                .forEach(this::put);
    }

    /** What is not given counts with its default there. */
    private void put(SeedVariable variable) {
        var source = isGiven(variable)
                ? new Source(Source.Rank.SEED_ENVIRONMENT, variable.name())
                : new Source(Source.Rank.SEED_DEFAULT, "default of " + variable.name());
        variable.path().ifPresent(path -> settings.put(path, value(variable), source));
    }

    private void putUrl(List<SeedVariable> database) {
        Map<String, String> values = new LinkedHashMap<>();
        database.forEach(variable -> values.put(variable.name(), value(variable)));
        String host = values.getOrDefault("DB_HOST", "");
        String url = "jdbc:postgresql://" + (isBareIpv6(host) ? "[" + host + "]" : host) + ":" + values.get("DB_PORT")
                + "/" + encoded(values.getOrDefault("DB_NAME", "")) + "?sslmode=" + values.get("DB_SSLMODE");
        String given = names(database.stream()
                .filter(SeedVariable::part)
                .filter(this::isGiven)
                .toList());
        settings.put(
                "database.url",
                url,
                new Source(Source.Rank.SEED_ENVIRONMENT, given.isEmpty() ? "default of DB_HOST" : given));
    }

    /** go-message-dispatcher listened on all addresses. */
    private void warnOfLoopback() {
        boolean port = settings.get("control.port")
                .filter(setting -> setting.source().rank() == Source.Rank.SEED_ENVIRONMENT)
                .isPresent();
        if (port && settings.get("control.host").isEmpty()) {
            settings.warn("SERVER_PORT sets control.port, but control.host is still 127.0.0.1: only this machine or"
                    + " container reaches it. To open it to the network, set control.host=0.0.0.0"
                    + " (SIGNALBOX_CONTROL_HOST=0.0.0.0)");
        }
    }

    private String value(SeedVariable variable) {
        return isGiven(variable) ? text(variable) : variable.fallback();
    }

    private String text(SeedVariable variable) {
        return environment.getOrDefault(variable.name(), "");
    }

    private boolean isGiven(SeedVariable variable) {
        String text = text(variable);
        return !text.isEmpty() && !Environment.isOfKubernetes(variable.name(), text);
    }

    private static boolean isBareIpv6(String host) {
        return host.indexOf(':') >= 0 && !host.startsWith("[");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
