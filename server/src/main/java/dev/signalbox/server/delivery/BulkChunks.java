package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Cuts a file of many messages into requests of a bounded size, without understanding more of it than where a message
 * ends, so that the server alone decides what is valid. Confined to one thread.
 */
final class BulkChunks {
    /** The file's format. */
    enum Format {
        CSV("text/csv"),
        NDJSON("application/x-ndjson");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        String contentType() {
            return contentType;
        }
    }

    /**
     * A part of the file.
     *
     * @param body what is sent; for CSV the header comes first
     * @param offset what to add to a line number of the answer to get the file's
     * @param lastLine the last of the file's lines in it
     * @param bytes how much of the file it takes
     */
    record Chunk(Body body, long offset, long lastLine, long bytes) {}

    /** Bytes that nobody changes. */
    static final class Body {
        private final byte[] bytes;

        Body(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    private static final int MOST_LINES = 1_000;
    private static final int MOST_BYTES = 1 << 20;
    /** As far as the server lets a quoted cell run before it holds the quote for a mistake. */
    private static final int LONGEST_RECORD = 256;

    private final InputStream in;
    private final Format format;
    private byte[] header = new byte[0];
    private long line;
    private boolean ended;

    BulkChunks(InputStream in, Format format) {
        this.in = in;
        this.format = format;
    }

    /** The next chunk; empty at the end of the file. A file with nothing but a header is one chunk. */
    Optional<Chunk> next() throws IOException {
        boolean first = line == 0;
        if (first && format == Format.CSV) {
            header = line();
        }
        long before = line;
        var body = new ByteArrayOutputStream();
        body.write(header);
        int openLines = 0;
        while (!ended && (openLines > 0 || hasRoom(body.size(), line - before))) {
            byte[] read = line();
            body.write(read);
            openLines = openLines(read, openLines);
        }
        boolean nothing = line == before && !(first && line > 0);
        return nothing ? Optional.empty() : Optional.of(chunk(body.toByteArray(), first, before));
    }

    private Chunk chunk(byte[] body, boolean first, long before) {
        int repeated = first ? 0 : header.length;
        long headerLines = header.length > 0 ? 1 : 0;
        return new Chunk(new Body(body), before - headerLines, line, body.length - repeated);
    }

    private static boolean hasRoom(int size, long lines) {
        return size < MOST_BYTES && lines < MOST_LINES;
    }

    /** How many lines the CSV record that has begun runs already; 0 if it ended with this line. */
    private int openLines(byte[] read, int openBefore) {
        boolean open = openBefore > 0 ^ isOdd(read);
        return format == Format.CSV && open && openBefore < LONGEST_RECORD ? openBefore + 1 : 0;
    }

    private static boolean isOdd(byte[] line) {
        boolean odd = false;
        for (byte b : line) {
            odd ^= b == '"';
        }
        return odd;
    }

    /** A line with its end. */
    private byte[] line() throws IOException {
        var read = new ByteArrayOutputStream(256);
        int b;
        while ((b = in.read()) >= 0) {
            read.write(b);
            if (b == '\n') {
                break;
            }
            if (read.size() > MOST_BYTES) {
                throw new CommandFailure(ExitCode.REFUSED, "line " + (line + 1) + " is longer than 1 MiB");
            }
        }
        ended = b < 0;
        if (read.size() > 0) {
            line++;
        }
        return read.toByteArray();
    }
}
