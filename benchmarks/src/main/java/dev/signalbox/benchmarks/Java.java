package dev.signalbox.benchmarks;

import java.nio.file.Path;

/** The JVM that we run on, for child processes. */
final class Java {
    private Java() {}

    static String executable() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
