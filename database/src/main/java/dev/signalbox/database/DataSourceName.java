package dev.signalbox.database;

/** Reads the ways in which people write down where a database is. No message of its errors repeats the input's secrets. */
final class DataSourceName {
    private DataSourceName() {}

    static DatabaseConfig ofUrl(String url) {
        String given = url.strip();
        String bare = given.startsWith("jdbc:") ? given.substring("jdbc:".length()) : given;
        int colon = bare.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(
                    "the database URL has no scheme; write postgresql://user:password@host/database or sqlite:path");
        }
        return switch (Dialect.parse(bare.substring(0, colon))) {
            case POSTGRESQL -> PostgresName.ofUrl(bare);
            case MYSQL -> MySqlName.ofUrl(bare);
            case SQLSERVER -> SqlServerName.ofUrl(bare);
            case SQLITE -> SqliteName.of(bare.substring(colon + 1));
        };
    }

    static DatabaseConfig of(Dialect dialect, String dsn) {
        String given = dsn.strip();
        return switch (dialect) {
            case POSTGRESQL -> PostgresName.of(given);
            case MYSQL -> MySqlName.of(given);
            case SQLSERVER -> SqlServerName.of(given);
            case SQLITE -> SqliteName.of(given);
        };
    }

    /** Whether the driver takes a URL that was put together from what was given. */
    static boolean isWellFormed(Dialect dialect, String url) {
        return switch (dialect) {
            case POSTGRESQL -> PostgresName.isWellFormed(url);
            case MYSQL -> MySqlName.isWellFormed(url);
            case SQLSERVER -> SqlServerName.isWellFormed(url);
            case SQLITE -> url.startsWith("jdbc:sqlite:");
        };
    }
}
