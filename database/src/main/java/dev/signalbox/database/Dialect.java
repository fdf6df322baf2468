package dev.signalbox.database;

import java.util.Locale;
import java.util.regex.Pattern;

/** The databases that can be used, and the few things that each says in its own words. */
public enum Dialect {
    POSTGRESQL,
    /** MariaDB, too. */
    MYSQL,
    SQLSERVER,
    SQLITE;

    private static final String SUPPORTED = "supported are postgresql (also postgres, pg, pgx), mysql (also mariadb),"
            + " sqlserver (also mssql) and sqlite (also sqlite3)";

    private static final Pattern INSERT = Pattern.compile("^\\s*insert into ", Pattern.CASE_INSENSITIVE);
    private static final Pattern EXCLUDED = Pattern.compile("\\bexcluded\\.(\\w+)");

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

    /**
     * Has an {@code insert into …} pass over rows whose key, or another unique value, is there already; the count of the
     * statement is that of the new rows. On MySQL it passes over rows that break a constraint, too, and cuts texts that are too
     * long, so check values before.
     *
     * @throws IllegalArgumentException for SQL Server, which has no such statement
     */
    public String ifAbsent(String insert) {
        return switch (this) {
            case POSTGRESQL, SQLITE -> insert.stripTrailing() + " on conflict do nothing";
            case MYSQL -> INSERT.matcher(insert).replaceFirst("insert ignore into ");
            case SQLSERVER -> throw new IllegalArgumentException("SQL Server has no insert that passes over rows");
        };
    }

    /**
     * Has an {@code insert into …} change the row that is there already.
     *
     * @param key the columns of the key, comma-separated
     * @param changes such as {@code n = tally.n + excluded.n}: {@code excluded} has the values that were to be inserted. MySQL
     *     makes them in their order, each seeing those before it
     * @throws IllegalArgumentException for SQL Server, which has no such statement
     */
    public String orUpdate(String insert, String key, String changes) {
        return insert.stripTrailing()
                + switch (this) {
                    case POSTGRESQL, SQLITE -> " on conflict (" + key + ") do update set " + changes;
                    case MYSQL ->
                        " on duplicate key update " + EXCLUDED.matcher(changes).replaceAll("values($1)");
                    case SQLSERVER -> throw new IllegalArgumentException("SQL Server has no insert that changes rows");
                };
    }

    /** What a select ends with that locks its rows; empty on SQLite, where a transaction that writes is the only one. */
    public String forUpdate() {
        return this == SQLITE ? "" : " for update";
    }

    /** The same, passing over rows that others have locked. */
    public String forUpdateSkipLocked() {
        return this == SQLITE ? "" : " for update skip locked";
    }

    /** As folders of migrations are named. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
