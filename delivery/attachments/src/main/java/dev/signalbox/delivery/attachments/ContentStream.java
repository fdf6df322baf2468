package dev.signalbox.delivery.attachments;

import dev.signalbox.database.DatabaseException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.IntFunction;

/** A content, of which one part is in memory at a time. Not thread-safe. */
final class ContentStream extends InputStream {
    private final StoredFile file;
    private final IntFunction<Optional<byte[]>> parts;
    private byte[] part = {};
    private int at;
    private int next;
    private long left;

    ContentStream(StoredFile file, IntFunction<Optional<byte[]>> parts) {
        this.file = file;
        this.parts = parts;
        left = file.size();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        if (at == part.length) {
            part = fetch();
            at = 0;
        }
        int n = Math.min(length, part.length - at);
        System.arraycopy(part, at, bytes, offset, n);
        at += n;
        left -= n;
        return n;
    }

    private byte[] fetch() throws IOException {
        try {
            return parts.apply(next++)
                    .filter(bytes -> bytes.length > 0)
                    .orElseThrow(() -> new IOException("attachment " + file.id() + " was removed while it was read"));
        } catch (DatabaseException e) {
            throw new IOException("attachment " + file.id() + " cannot be read", e);
        }
    }
}
