package dev.signalbox.testing.services;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server as durable as one in production: its disk is synced at every commit. It listens on loopback
 * only. Thread-safe.
 */
public final class RealPostgres implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealPostgres INSTANCE = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "postgres-end"));
        }
    }

    private final Path folder;
    private @Nullable EmbeddedPostgres server;
    private final int port;

    private RealPostgres(Path folder) throws IOException {
        this.folder = folder;
        EmbeddedPostgres first = boot(folder, 0);
        this.server = first;
        this.port = first.getPort();
    }

    /**
     * The one server of this JVM, for tests that do not stop it. Where it cannot run, the test is skipped with a line that
     * says why; with {@code CI=true} it fails.
     */
    public static RealPostgres shared() {
        return Missing.unlessStarts(
                "PostgreSQL (the embedded binaries need a 64-bit Linux, macOS or Windows, and disk space in the temporary folder)",
                () -> Shared.INSTANCE);
    }

    /** A server of one's own, for tests that stop it. */
    public static RealPostgres start() {
        try {
            return new RealPostgres(Scratch.folder("postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    private static EmbeddedPostgres boot(Path folder, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                // The embedded server's own defaults trade durability for speed.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("max_connections", "300") // a benchmark has several systems on one server
                .setServerConfig("shared_buffers", "256MB")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .start();
    }

    public int port() {
        return port;
    }

    /** The folder of its programs, {@code initdb} and {@code postgres} among them, for those who start a server of their own. */
    public Path programs() {
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"));
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select setting from pg_config where name = 'BINDIR'")) {
            found.next();
            return Path.of(found.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL did not tell where its programs are", e);
        }
    }

    /** Makes a new empty database and returns its URL, user included. */
    public String freshDatabase() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        execute("create database " + name);
        return url(port, name);
    }

    /** The same database's URL as reached through another port, such as a {@link FaultProxy}'s. */
    public static String through(int otherPort, String url) {
        return url.replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + otherPort);
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
    }

    /** Ends every other connection to this server, as an administrator or a failover would. */
    public void terminateBackends() {
        execute("select pg_terminate_backend(pid) from pg_stat_activity"
                + " where pid <> pg_backend_pid() and backend_type = 'client backend'");
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url(port, "postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL did not run: " + sql, e);
        }
    }

    /** Stops the server; its data stays. Idempotent. */
    public synchronized void stop() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL did not stop", e);
            }
            server = null;
        }
    }

    /** Starts it again, with its data, on the same port. Idempotent. */
    public synchronized void startAgain() {
        if (server == null) {
            try {
                server = boot(folder, port);
            } catch (IOException e) {
                throw new UncheckedIOException("PostgreSQL did not start again", e);
            }
        }
    }

    /** Stops it and deletes its data. */
    @Override
    public void close() {
        stop();
        Scratch.delete(folder);
    }
}
