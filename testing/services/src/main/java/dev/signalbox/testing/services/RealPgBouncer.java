package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real PgBouncer in front of a PostgreSQL of this machine, on a free port of loopback. Thread-safe. */
public final class RealPgBouncer implements AutoCloseable {
    private static final String PART = "pgbouncer: apt install pgbouncer";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final Process process;

    private RealPgBouncer(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one; the test is skipped, or under {@code CI=true} fails, where it cannot run.
     *
     * @param mode {@code session}, {@code transaction} or {@code statement}
     * @param settings further lines of its configuration
     */
    public static RealPgBouncer before(int postgres, String mode, String... settings) {
        return Missing.unlessStarts(PART, () -> boot(postgres, mode, List.of(settings)));
    }

    private static RealPgBouncer boot(int postgres, String mode, List<String> settings) {
        Path folder = Scratch.folder("pgbouncer");
        int port = FreePort.find();
        Path configuration = write(folder, postgres, port, mode, settings);
        List<String> command = new ArrayList<>(List.of(Program.find("pgbouncer").toString()));
        if (Program.isRoot()) {
            command.addAll(List.of("-u", "nobody")); // It does not want to be root.
        }
        command.add(configuration.toString());
        Path log = folder.resolve("pgbouncer.log");
        Process process = Program.start(command, log);
        Program.await(process, log, () -> answers(port), PATIENCE);
        return new RealPgBouncer(folder, port, process);
    }

    private static Path write(Path folder, int postgres, int port, String mode, List<String> settings) {
        try {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path users = Files.writeString(folder.resolve("users"), "\"postgres\" \"\"\n");
            List<String> lines = new ArrayList<>(List.of(
                    "[databases]",
                    "* = host=127.0.0.1 port=" + postgres,
                    "[pgbouncer]",
                    "listen_addr = 127.0.0.1",
                    "listen_port = " + port,
                    "unix_socket_dir =",
                    "auth_type = trust",
                    "auth_file = " + users,
                    "pool_mode = " + mode));
            lines.addAll(settings);
            return Files.write(folder.resolve("pgbouncer.ini"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("PgBouncer cannot be configured", e);
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        Program.kill(process);
        Scratch.delete(folder);
    }
}
