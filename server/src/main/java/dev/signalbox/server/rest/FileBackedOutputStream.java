package dev.signalbox.server.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an answer of any length until it can be sent: a little in memory, the rest in a temporary file that is gone when
 * this is closed. Confined to one thread.
 *
 * <p>A bulk answer must not be written while its request is still being read: a client that sends everything before it
 * reads anything (most do) would stop taking the answer, the server would stop taking the request, and both would wait
 * for ever.
 */
public final class FileBackedOutputStream extends OutputStream {
    private static final int IN_MEMORY = 256 * 1024;

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream(8 * 1024);
    private @Nullable Path file;
    private @Nullable OutputStream overflow;

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (overflow != null || memory.size() + length > IN_MEMORY) {
            overflow().write(bytes, offset, length);
        } else {
            memory.write(bytes, offset, length);
        }
    }

    private OutputStream overflow() throws IOException {
        if (overflow == null) {
            file = Files.createTempFile("signalbox-bulk-", ".ndjson");
            overflow = Files.newOutputStream(file);
        }
        return overflow;
    }

    /** Writes everything to where it belongs. */
    public void transferTo(OutputStream target) throws IOException {
        memory.writeTo(target);
        if (overflow != null && file != null) {
            overflow.close();
            Files.copy(file, target);
        }
    }

    @Override
    public void close() throws IOException {
        if (overflow != null && file != null) {
            overflow.close();
            Files.deleteIfExists(file);
        }
    }
}
