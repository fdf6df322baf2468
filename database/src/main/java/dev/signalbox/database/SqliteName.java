package dev.signalbox.database;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How people write down where a SQLite database is. */
final class SqliteName {
    /** What Signalbox sets anyway, so that saying it again does no harm. */
    private static final Set<String> GIVEN = Set.of(
            "_journal_mode", "_journal", "_foreign_keys", "_fk", "_synchronous", "_sync", "_txlock", "mode", "cache");

    private static final Set<String> PATIENCE = Set.of("_busy_timeout", "_timeout", "busy_timeout");

    private SqliteName() {}

    static DatabaseConfig of(String dsn) {
        String given = dsn.startsWith("file:") ? dsn.substring("file:".length()) : dsn;
        int question = given.indexOf('?');
        String path = question < 0 ? given : given.substring(0, question);
        Map<String, String> query = question < 0 ? Map.of() : NamedUrl.query(given.substring(question + 1));
        if (path.isBlank() || path.contains(":memory:") || "memory".equals(query.get("mode"))) {
            throw new IllegalArgumentException(
                    "sqlite needs a path to a file; an in-memory database would not survive a restart");
        }
        return new DatabaseConfig(
                Dialect.SQLITE, "jdbc:sqlite:" + path, parameters(query), Optional.empty(), Optional.empty());
    }

    private static Map<String, String> parameters(Map<String, String> query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        query.forEach((name, value) -> {
            if (PATIENCE.contains(name)) {
                parameters.put("busy_timeout", Integer.toString(number(name, value)));
            } else if (!GIVEN.contains(name)) {
                throw new IllegalArgumentException(
                        "sqlite parameter '" + name + "' is not supported; _busy_timeout (milliseconds) is");
            }
        });
        return parameters;
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("sqlite parameter " + name + " is '" + value + "', not a number", e);
        }
    }
}
