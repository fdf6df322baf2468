package dev.signalbox.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keep-alive timers of this machine's connections, as Linux lists them: kind 2 of the timers, and what is left of it in
 * hundredths of a second.
 */
final class KeepAliveTimers {
    /** Java's sockets are IPv6 ones, unless told otherwise. */
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private static final String ESTABLISHED = "01";

    private KeepAliveTimers() {}

    /** Seconds left for each connection to a port; -1 where no such timer runs. Empty where the system shows none. */
    static Optional<List<Double>> to(int port) throws IOException {
        List<Double> left = new ArrayList<>();
        for (Path table : TABLES) {
            if (!Files.exists(table)) {
                return Optional.empty();
            }
            Files.readAllLines(table).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(columns -> columns.length > 5
                            && columns[2].endsWith(":%04X".formatted(port))
                            && columns[3].equals(ESTABLISHED))
                    .map(columns -> columns[5])
                    .forEach(timer ->
                            left.add(timer.startsWith("02:") ? Long.parseLong(timer.substring(3), 16) / 100.0 : -1));
        }
        return Optional.of(left);
    }
}
