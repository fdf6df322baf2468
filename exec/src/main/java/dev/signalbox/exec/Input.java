package dev.signalbox.exec;

import java.io.InputStream;
import java.nio.file.Path;

/** What a process reads. */
sealed interface Input {
    /** End of file at once. */
    record None() implements Input {}

    /** Bytes that never change. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them, and a copy was made on the way in
    record Bytes(byte[] bytes) implements Input {}

    /** Read as the process reads; not closed. */
    record Stream(InputStream stream) implements Input {}

    /** Opened by its absolute path at the start, and read by the process itself. */
    record File(Path file) implements Input {}
}
