package dev.signalbox.spring;

import dev.signalbox.database.PoolOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the tables of Signalbox are, and the connections that it keeps beside those of the application.
 *
 * @param url URL of the database, where it is not to be taken from the application's DataSource.
 * @param user User of the database, with the URL.
 * @param password Password of the user, with the URL.
 * @param separate Whether the URL leads to another database than the DataSource. Messages are then not part of the application's transactions.
 * @param poolSize Most connections, beside those that the dispatcher has for itself.
 * @param connectTimeout How long a caller waits for a connection, and opening one may take.
 * @param socketTimeout How long an answer of the database may take before its connection counts as lost.
 * @param maxLifetime How old a connection gets before another takes its place.
 */
@ConfigurationProperties("signalbox.database")
record DatabaseProperties(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        @DefaultValue("false") boolean separate,
        @DefaultValue("4") int poolSize,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("30s") Duration socketTimeout,
        @DefaultValue("30m") Duration maxLifetime) {

    PoolOptions pool() {
        return new PoolOptions(poolSize, connectTimeout, socketTimeout, maxLifetime);
    }

    /** Without the URL and the password, in which there may be secrets. */
    @Override
    public String toString() {
        return "DatabaseProperties[separate=" + separate + ", " + pool() + "]";
    }
}
