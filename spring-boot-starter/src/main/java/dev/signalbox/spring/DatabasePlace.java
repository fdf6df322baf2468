package dev.signalbox.spring;

import com.zaxxer.hikari.HikariDataSource;
import dev.signalbox.database.DatabaseConfig;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Finds out where the application's database is. Signalbox opens connections of its own there, since a dispatcher that waits for
 * one of the application's would lose its leases; only what the application enqueues goes through its {@code DataSource}.
 */
record DatabasePlace(String url, Optional<String> user, Optional<String> password) {
    /** What of an application's URL concerns every connection; the rest, such as batching, tunes its own. */
    private static final Pattern POSTGRESQL = Pattern.compile(
            "(ssl.*|user|password|currentSchema|targetServerType|options|channelBinding|gssEncMode|ApplicationName)=.*");

    /** The first of these that tells: the properties, the pool of the application, what the application's pool was made of. */
    static DatabasePlace find(
            DatabaseProperties properties, @Nullable DataSource source, @Nullable JdbcConnectionDetails details) {
        return Stream.of(given(properties), pooled(source), detailed(details))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> unknown(source));
    }

    private static IllegalStateException unknown(@Nullable DataSource source) {
        String found = source == null ? "missing, or one of several without a @Primary one" : "a " + source.getClass();
        return new IllegalStateException("Signalbox cannot tell where the application's database is: the DataSource is "
                + found + ", and there are no JdbcConnectionDetails. Set signalbox.database.url, and"
                + " signalbox.database.user and password");
    }

    private static Optional<DatabasePlace> given(DatabaseProperties properties) {
        return Optional.ofNullable(properties.url()).map(url -> place(url, properties.user(), properties.password()));
    }

    private static Optional<DatabasePlace> pooled(@Nullable DataSource source) {
        return Optional.ofNullable(source)
                .flatMap(DatabasePlace::hikari)
                .flatMap(pool -> Optional.ofNullable(pool.getJdbcUrl())
                        .map(url -> place(essential(url), pool.getUsername(), pool.getPassword())));
    }

    private static Optional<HikariDataSource> hikari(DataSource source) {
        try {
            return source.isWrapperFor(HikariDataSource.class)
                    ? Optional.of(source.unwrap(HikariDataSource.class))
                    : Optional.empty();
        } catch (SQLException e) {
            throw new IllegalStateException("the DataSource does not tell what it wraps", e);
        }
    }

    private static Optional<DatabasePlace> detailed(@Nullable JdbcConnectionDetails details) {
        return Optional.ofNullable(details)
                .map(known -> place(essential(known.getJdbcUrl()), known.getUsername(), known.getPassword()));
    }

    private static DatabasePlace place(String url, @Nullable String user, @Nullable String password) {
        return new DatabasePlace(url, Optional.ofNullable(user), Optional.ofNullable(password));
    }

    static String essential(String url) {
        String bare = url.replaceFirst("\\?.*", "");
        if (url.startsWith("jdbc:sqlite:") || bare.equals(url)) {
            return bare;
        }
        if (!url.startsWith("jdbc:postgresql:")) {
            return url;
        }
        String kept = Stream.of(url.substring(bare.length() + 1).split("&", -1))
                .filter(parameter -> POSTGRESQL.matcher(parameter).matches())
                .collect(Collectors.joining("&"));
        return kept.isEmpty() ? bare : bare + "?" + kept;
    }

    DatabaseConfig config() {
        DatabaseConfig config = DatabaseConfig.of(url);
        config = user.filter(name -> !name.isEmpty()).map(config::withUser).orElse(config);
        return password.map(config::withPassword).orElse(config);
    }

    /** Without the URL and the password, in which there may be secrets. */
    @Override
    public String toString() {
        return "DatabasePlace[user=" + user.orElse("") + "]";
    }
}
