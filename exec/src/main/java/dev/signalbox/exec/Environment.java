package dev.signalbox.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a process inherits, as bytes: the JVM's own view has been through a character set, and in a POSIX locale that loses everything
 * beyond ASCII.
 */
final class Environment {
    private static final List<byte[]> INHERITED = read();

    private Environment() {}

    /** @throws UnsupportedOperationException inside of an error of initialization if it cannot be read */
    static void load() {
        Objects.requireNonNull(INHERITED);
    }

    private static List<byte[]> read() {
        List<byte[]> variables = new ArrayList<>();
        byte[] all;
        try {
            all = Files.readAllBytes(Path.of("/proc/self/environ"));
        } catch (IOException e) {
            throw new UnsupportedOperationException("/proc cannot be read: " + e.getMessage(), e);
        }
        int from = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == 0) {
                variables.add(Arrays.copyOfRange(all, from, i));
                from = i + 1;
            }
        }
        return List.copyOf(variables);
    }

    /** Variables as {@code NAME=value} for a command, the marker first. */
    static List<byte[]> of(Command command, String marker) {
        List<byte[]> variables = new ArrayList<>();
        variables.add(bytes(Marker.NAME + "=" + Marker.value(marker)));
        Map<String, Optional<String>> set = command.environment();
        if (command.inheritsEnvironment()) {
            for (byte[] variable : INHERITED) {
                String name = name(variable);
                if (!set.containsKey(name) && !name.equals(Marker.NAME)) {
                    variables.add(variable);
                }
            }
        }
        set.forEach((name, value) -> value.ifPresent(v -> variables.add(bytes(name + "=" + v))));
        return variables;
    }

    private static String name(byte[] variable) {
        int end = 0;
        while (end < variable.length && variable[end] != '=') {
            end++;
        }
        return new String(variable, 0, end, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
