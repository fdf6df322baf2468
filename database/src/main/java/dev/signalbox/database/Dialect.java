package dev.signalbox.database;

import java.util.Locale;

/** The databases that can be used. */
public enum Dialect {
    POSTGRESQL,
    /** MariaDB, too. */
    MYSQL,
    SQLSERVER,
    SQLITE;

    private static final String SUPPORTED = "supported are postgresql (also postgres, pg, pgx), mysql (also mariadb),"
            + " sqlserver (also mssql) and sqlite (also sqlite3)";

    /**
     * Finds a dialect by one of its usual names, in any case.
     *
     * @throws IllegalArgumentException if there is none of that name; it lists those there are
     */
    public static Dialect parse(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "postgresql", "postgres", "pg", "pgx" -> POSTGRESQL;
            case "mysql", "mariadb" -> MYSQL;
            case "sqlserver", "mssql" -> SQLSERVER;
            case "sqlite", "sqlite3" -> SQLITE;
            default ->
                throw new IllegalArgumentException("database dialect '" + name + "' is not supported; " + SUPPORTED);
        };
    }

    /** As folders of migrations are named. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
