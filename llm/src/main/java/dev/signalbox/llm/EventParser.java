package dev.signalbox.llm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into events, wherever the network cut it. Lines end with LF, CR or CRLF, as the standard of
 * server-sent events says. Not thread-safe.
 *
 * <p>It works on bytes and makes one string per event, out of a finished line: a character whose bytes come in two parts
 * is never seen in halves, and no reader, pipe or thread stands between the socket and the event. That is where it saves
 * what the rest of this library costs.
 */
final class EventParser {
    /** The longest event: 16 MiB. Longer ones end the stream with an error. */
    static final int LARGEST = 16 * 1024 * 1024;

    private static final int FIRST_SIZE = 16 * 1024;
    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /** Takes the events. */
    interface Sink {
        void event(@Nullable String name, String data) throws IOException;
    }

    private final StreamFormat format;
    private final Sink sink;
    private byte[] bytes = new byte[FIRST_SIZE];
    private int lineStart;
    private int scanned;
    private int filled;
    private boolean afterReturn;
    private boolean first = true;
    private @Nullable String name;
    private @Nullable String data;
    private @Nullable StringBuilder more;

    EventParser(StreamFormat format, Sink sink) {
        this.format = format;
        this.sink = sink;
    }

    /** @throws IOException if an event is too long */
    void take(ByteBuffer part) throws IOException {
        int length = part.remaining();
        makeRoom(length);
        part.get(bytes, filled, length);
        filled += length;
        scan();
    }

    private void makeRoom(int length) throws IOException {
        if (filled + (long) length <= bytes.length) {
            return;
        }
        int kept = filled - lineStart;
        long needed = kept + (long) length;
        if (needed > LARGEST) {
            throw new IOException("an event of the stream is longer than " + LARGEST + " bytes");
        }
        byte[] target = needed > bytes.length ? new byte[(int) Math.min(LARGEST, needed * 2)] : bytes;
        System.arraycopy(bytes, lineStart, target, 0, kept);
        bytes = target;
        scanned -= lineStart;
        filled = kept;
        lineStart = 0;
    }

    private void scan() throws IOException {
        byte[] all = bytes;
        int end = filled;
        int at = scanned;
        while (at < end) {
            byte b = all[at++];
            if (b <= '\r' && (b == '\n' || b == '\r')) {
                ended(b, at - 1);
                lineStart = at;
            }
        }
        scanned = at;
        if (lineStart == filled) {
            lineStart = 0;
            scanned = 0;
            filled = 0;
        }
    }

    /** A LF right after a CR ends nothing: the CR did. */
    private void ended(byte by, int at) throws IOException {
        boolean rest = by == '\n' && afterReturn && at == lineStart;
        afterReturn = by == '\r';
        if (!rest) {
            line(lineStart, at);
        }
    }

    private void line(int from, int to) throws IOException {
        int start = from;
        if (first) {
            first = false;
            start = startsWith(MARK, from, to) ? from + MARK.length : from;
        }
        if (format == StreamFormat.NDJSON) {
            document(start, to);
        } else if (start == to) {
            dispatch();
        } else if (isField(DATA, start, to)) {
            append(value(DATA, start, to));
        } else if (isField(EVENT, start, to)) {
            name = value(EVENT, start, to);
        }
    }

    private void document(int from, int to) throws IOException {
        if (from < to) {
            sink.event(null, text(from, to));
        }
    }

    private boolean isField(byte[] field, int from, int to) {
        int after = from + field.length;
        return startsWith(field, from, to) && (after == to || bytes[after] == ':');
    }

    private boolean startsWith(byte[] prefix, int from, int to) {
        return to - from >= prefix.length && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
    }

    private String value(byte[] field, int from, int to) {
        int start = Math.min(to, from + field.length + 1);
        return text(start < to && bytes[start] == ' ' ? start + 1 : start, to);
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private void append(String line) throws IOException {
        if (data == null) {
            data = line;
            return;
        }
        if (more == null) {
            more = new StringBuilder(data);
        }
        if (more.length() + line.length() > LARGEST) {
            throw new IOException("an event of the stream is longer than " + LARGEST + " bytes");
        }
        more.append('\n').append(line);
    }

    private void dispatch() throws IOException {
        String whole = more == null ? data : more.toString();
        String kind = name;
        name = null;
        data = null;
        more = null;
        if (whole != null && !whole.isEmpty()) {
            sink.event(kind, whole);
        }
    }

    /** The stream ended in order: what is there counts, even without the line end that was due. */
    void end() throws IOException {
        if (lineStart < filled) {
            line(lineStart, filled);
            lineStart = filled;
        }
        if (format == StreamFormat.SSE) {
            dispatch();
        }
    }
}
