package dev.signalbox.testing.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real MariaDB server of this machine, on a free port of loopback with its files in a temporary folder, its disk synced at
 * every commit. Thread-safe.
 */
public final class RealMariaDb implements AutoCloseable {
    private static final String PART = "MariaDB: apt install mariadb-server-core mariadb-client-core";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealMariaDb INSTANCE = boot();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "mariadb-end"));
        }
    }

    private final Path folder;
    private final int port;
    private Process process;

    private RealMariaDb(Path folder, int port) {
        this.folder = folder;
        this.port = port;
        this.process = launch();
    }

    /**
     * The one server of this JVM. Where it cannot run, the test is skipped with a line that says why; with {@code CI=true} it
     * fails.
     */
    public static RealMariaDb shared() {
        return Missing.unlessStarts(PART, () -> Shared.INSTANCE);
    }

    /** A server of one's own, for tests that stop it; skips or fails as {@link #shared}. */
    public static RealMariaDb start() {
        return Missing.unlessStarts(PART, RealMariaDb::boot);
    }

    private static RealMariaDb boot() {
        Path folder = Scratch.folder("mariadb");
        install(folder, folder.resolve("data"));
        return new RealMariaDb(folder, FreePort.find());
    }

    private Process launch() {
        Path log = folder.resolve("mariadb.log");
        List<String> command = new ArrayList<>(List.of(
                Program.find("mariadbd").toString(),
                "--no-defaults",
                "--datadir=" + folder.resolve("data"),
                // Not the system's: a server that starts removes the temporary tables there, also those of others.
                "--tmpdir=" + folder,
                "--socket=" + folder.resolve("s"),
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=16M",
                "--innodb-flush-log-at-trx-commit=1",
                "--skip-log-bin"));
        asThisUser(command);
        Process started = Program.start(command, log);
        Program.await(started, log, () -> answers(port), PATIENCE);
        return started;
    }

    private static void install(Path folder, Path data) {
        List<String> command = new ArrayList<>(List.of(
                Program.find("mariadb-install-db").toString(),
                "--no-defaults",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--innodb-log-file-size=16M",
                "--datadir=" + data,
                "--tmpdir=" + folder));
        asThisUser(command);
        Program.run(command, folder.resolve("install.log"), PATIENCE);
    }

    private static void asThisUser(List<String> command) {
        if (Program.isRoot()) {
            command.add("--user=root");
        }
    }

    /** It greets each client that connects. */
    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Makes a new empty database and returns its URL, user included. It has no certificate, so nothing is encrypted. */
    public String freshDatabase() {
        String name = "test_" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        execute("create database " + name + " character set utf8mb4");
        return "jdbc:mariadb://127.0.0.1:" + port + "/" + name + "?user=root&sslMode=disable";
    }

    /** Runs SQL as an administrator. */
    public void execute(String sql) {
        List<String> command = List.of(
                Program.find("mariadb").toString(),
                "--no-defaults",
                "--host=127.0.0.1",
                "--port=" + port,
                "--user=root",
                "--execute=" + sql);
        Program.run(command, folder.resolve("client.log"), PATIENCE);
    }

    /** Ends it as {@code kill -9} does, and starts it again on what is on its disk, on the same port. */
    public synchronized void restart() {
        Program.kill(process);
        process = launch();
    }

    @Override
    public synchronized void close() {
        Program.kill(process);
        Scratch.delete(folder);
    }
}
