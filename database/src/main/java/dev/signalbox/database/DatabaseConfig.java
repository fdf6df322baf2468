package dev.signalbox.database;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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

    public DatabaseConfig {
        parameters = Map.copyOf(parameters);
        if (!DataSourceName.isWellFormed(dialect, url)) {
            throw new IllegalArgumentException("the database URL is malformed in its host, port or database;"
                    + " write " + dialect.folder()
                    + "://user:password@host:port/database, special characters percent-encoded");
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
     * Reads a URL: {@code postgresql://user:password@host:5432/db?sslmode=require}, {@code mysql://host/db},
     * {@code sqlserver://host:1433?database=db}, {@code sqlite:path}, or one of JDBC.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    public static DatabaseConfig of(String url) {
        return DataSourceName.ofUrl(url);
    }

    /**
     * Reads a dialect and its usual data source name, or a URL: for PostgreSQL
     * {@code host=… port=… user=… password=… dbname=…}; for MySQL and MariaDB {@code user:password@tcp(host:3306)/db}; for SQL
     * Server {@code server=…;user id=…;password=…;database=…}; for SQLite a path, with {@code ?_busy_timeout=5000} if wanted.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    public static DatabaseConfig of(String dialect, String dsn) {
        return DataSourceName.of(Dialect.parse(dialect), dsn);
    }

    public DatabaseConfig withUser(String newUser) {
        return new DatabaseConfig(dialect, url, parameters, Optional.of(newUser), password, pool);
    }

    public DatabaseConfig withPassword(String newPassword) {
        return new DatabaseConfig(dialect, url, parameters, user, Optional.of(newPassword), pool);
    }

    /**
     * Encrypts as said, whatever the URL says.
     *
     * @throws IllegalArgumentException if this kind of database cannot
     */
    public DatabaseConfig withTls(Tls tls) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.putAll(Engine.of(dialect).tls(tls));
        return new DatabaseConfig(dialect, url, changed, user, password, pool);
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
