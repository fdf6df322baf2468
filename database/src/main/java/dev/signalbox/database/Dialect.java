package dev.signalbox.database;

import java.util.Locale;

/** The databases that this release works with. */
public enum Dialect {
    POSTGRESQL,
    SQLITE;

    private static final String SUPPORTED =
            "supported are postgresql (also postgres, pg, pgx) and sqlite (also sqlite3)";

    /**
     * Finds a dialect by one of its usual names, in any case.
     *
     * @throws IllegalArgumentException if there is none of that name, or not in this release; it lists those there are
     */
    public static Dialect parse(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "postgresql", "postgres", "pg", "pgx" -> POSTGRESQL;
            case "sqlite", "sqlite3" -> SQLITE;
            case "mysql", "mariadb", "sqlserver", "mssql" ->
                throw new IllegalArgumentException(
                        "database dialect '" + name + "' is not in this release; " + SUPPORTED);
            default -> throw new IllegalArgumentException("database dialect '" + name + "' is not known; " + SUPPORTED);
        };
    }
}
