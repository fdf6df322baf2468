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

    /** The first table of a select, with its other name if it has one. */
    private static final Pattern TABLE =
            Pattern.compile("\\bfrom \\w+(?:\\s+(?:as\\s+)?(?!(?:where|order|join|offset)\\b)\\w+)?");

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
     * statement is that of the new rows. On SQL Server a statement of several rows inserts none if one of them is there. On
     * MySQL it passes over rows that break a constraint, too, and cuts texts that are too long, so check values before.
     */
    public String ifAbsent(String insert) {
        return switch (this) {
            case POSTGRESQL, SQLITE -> insert.stripTrailing() + " on conflict do nothing";
            case MYSQL -> INSERT.matcher(insert).replaceFirst("insert ignore into ");
            case SQLSERVER ->
                "begin try " + insert.strip()
                        + "; end try begin catch if error_number() not in (2601, 2627) throw; end catch";
        };
    }

    /** What a select ends with, behind its order, that returns so many rows at most. */
    public String limit(int rows) {
        return limit(Integer.toString(rows), "0");
    }

    /** The same; how many is a parameter. */
    public String limit() {
        return limit("?", "0");
    }

    /** The same, from a row on: 0 is the first. */
    public String limit(int rows, int from) {
        return limit(Integer.toString(rows), Integer.toString(from));
    }

    /** The same, from a row on that is a parameter. */
    public String limitFrom(int rows) {
        return limit(Integer.toString(rows), "?");
    }

    private String limit(String rows, String from) {
        return this == SQLSERVER
                ? " offset " + from + " rows fetch next " + rows + " rows only"
                : " limit " + rows + (from.equals("0") ? "" : " offset " + from);
    }

    /** What a select without an order ends with that returns so many rows at most, whichever. */
    public String limitInAnyOrder(int rows) {
        return (this == SQLSERVER ? " order by (select null)" : "") + limit(rows);
    }

    /**
     * Has a select lock its rows. On SQLite it needs no lock: a transaction that writes is the only one there.
     *
     * @param select whole, its limit included, in lower case; of its tables the first in the text is the one that counts
     */
    public String forUpdate(String select) {
        return locking(select, "", "updlock, rowlock");
    }

    /** The same, passing over rows that others have locked. */
    public String forUpdateSkipLocked(String select) {
        return locking(select, " skip locked", "updlock, rowlock, readpast, readcommittedlock");
    }

    private String locking(String select, String suffix, String hints) {
        return switch (this) {
            case POSTGRESQL, MYSQL -> select.stripTrailing() + " for update" + suffix;
            case SQLITE -> select;
            case SQLSERVER -> TABLE.matcher(select).replaceFirst("$0 with (" + hints + ")");
        };
    }

    /** The value of a column that says yes or no. */
    public String literal(boolean value) {
        return this == SQLSERVER ? (value ? "1" : "0") : Boolean.toString(value);
    }

    /** As folders of migrations are named. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
