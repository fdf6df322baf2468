package dev.signalbox.database;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a database is and how to use it. The password is kept apart from the URL and never shown.
 *
 * @param url a JDBC URL without user and password; for SQLite {@code jdbc:sqlite:} and a path
 * @param parameters what the driver is told besides, never user or password
 */
public record DatabaseConfig(
        Dialect dialect,
        String url,
        Map<String, String> parameters,
        Optional<String> user,
        Optional<String> password,
        PoolOptions pool) {

    private static final String HOST = "(?:\\[[0-9A-Fa-f:.%]+]|[^/@:,\\[\\]\\s]+)"
            + "(?::(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5]))?";

    /** What the driver takes. An @ would be a user and password out of their place, which {@link #place} would show. */
    private static final Pattern POSTGRESQL = Pattern.compile("jdbc:postgresql://" + HOST + "(?:," + HOST + ")*/[^@]+");

    public DatabaseConfig {
        parameters = Map.copyOf(parameters);
        if (dialect == Dialect.POSTGRESQL && !POSTGRESQL.matcher(url).matches()) {
            throw new IllegalArgumentException("the database URL is malformed in its host, port or database;"
                    + " write postgresql://user:password@host:5432/database, special characters percent-encoded");
        }
    }

    DatabaseConfig(
            Dialect dialect,
            String url,
            Map<String, String> parameters,
            Optional<String> user,
            Optional<String> password) {
        this(dialect, url, parameters, user, password, PoolOptions.DEFAULT);
    }

    /**
     * Reads a URL: {@code jdbc:postgresql://host/db}, {@code postgresql://user:password@host:5432/db?sslmode=require},
     * {@code jdbc:sqlite:path} or {@code sqlite:path}.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    public static DatabaseConfig of(String url) {
        return DataSourceName.ofUrl(url);
    }

    /**
     * Reads a dialect and its usual data source name: for PostgreSQL {@code host=… port=… user=… password=… dbname=…} or
     * a URL; for SQLite a path, with {@code ?_busy_timeout=5000} if wanted.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    public static DatabaseConfig of(String dialect, String dsn) {
        return switch (Dialect.parse(dialect)) {
            case POSTGRESQL -> DataSourceName.ofPostgresql(dsn);
            case SQLITE -> DataSourceName.ofSqlite(dsn);
        };
    }

    public DatabaseConfig withUser(String newUser) {
        return new DatabaseConfig(dialect, url, parameters, Optional.of(newUser), password, pool);
    }

    public DatabaseConfig withPassword(String newPassword) {
        return new DatabaseConfig(dialect, url, parameters, user, Optional.of(newPassword), pool);
    }

    public DatabaseConfig withPool(PoolOptions newPool) {
        return new DatabaseConfig(dialect, url, parameters, user, password, newPool);
    }

    public DatabaseConfig withPoolSize(int size) {
        return withPool(pool.withSize(size));
    }

    public DatabaseConfig withConnectTimeout(Duration timeout) {
        return withPool(pool.withConnectTimeout(timeout));
    }

    public DatabaseConfig withSocketTimeout(Duration timeout) {
        return withPool(pool.withSocketTimeout(timeout));
    }

    /** What to show to people: the place without parameters, and the user. */
    public String place() {
        return url + user.map(name -> " as " + name).orElse("");
    }

    @Override
    public String toString() {
        return "DatabaseConfig[" + place() + ", " + pool + "]";
    }
}
