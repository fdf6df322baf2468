package dev.signalbox.server.delivery;

import dev.signalbox.server.command.CommandFailure;
import dev.signalbox.server.command.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

    /**
     * Why a record is not sent.
     *
     * @param line where it begins
     */
    record Oversized(long line) {}

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
    private final List<Oversized> oversized = new ArrayList<>();
    private byte[] header = new byte[0];
    private long line;
    private boolean ended;
    private boolean tooLong;
    private boolean oddQuotes;

    BulkChunks(InputStream in, Format format) {
        this.in = in;
        this.format = format;
    }

    /** Leaves out the file's lines before {@code first}, except for the header. Call it before {@link #next}. */
    void skipTo(long first) throws IOException {
        if (format == Format.CSV) {
            readHeader();
        }
        while (!ended && line < first - 1) {
            line();
        }
    }

    /** The records that were left out since the last call, as a line of them is longer than 1 MiB. */
    List<Oversized> takeOversized() {
        List<Oversized> taken = List.copyOf(oversized);
        oversized.clear();
        return taken;
    }

    /** The next chunk; empty at the end of the file. A file with nothing but a header is one chunk. */
    Optional<Chunk> next() throws IOException {
        boolean first = line == 0;
        if (first && format == Format.CSV) {
            readHeader();
        }
        long before = line;
        var body = new ByteArrayOutputStream();
        body.write(header);
        while (!ended && hasRoom(body.size(), line - before) && oversized.size() < MOST_LINES) {
            record().ifPresent(body::writeBytes);
        }
        boolean nothing = line == before && !(first && line > 0);
        return nothing ? Optional.empty() : Optional.of(chunk(body.toByteArray(), first, before));
    }

    private void readHeader() throws IOException {
        header = line();
        if (tooLong) {
            throw new CommandFailure(ExitCode.REFUSED, "line 1, the header, is longer than 1 MiB");
        }
    }

    /**
     * A line, or for CSV all lines of a record; empty if one of them is too long. Empty lines stand in for it, so that the
     * server counts lines as the file does.
     */
    private Optional<byte[]> record() throws IOException {
        long begin = line + 1;
        boolean whole = true;
        var record = new ByteArrayOutputStream();
        int openLines = 0;
        do {
            byte[] read = line();
            whole &= !tooLong;
            record.writeBytes(whole ? read : new byte[0]);
            openLines = openLines(openLines);
        } while (!ended && openLines > 0 && record.size() < MOST_BYTES);
        if (!whole) {
            oversized.add(new Oversized(begin));
            return Optional.of("\n".repeat((int) (line - begin + 1)).getBytes(StandardCharsets.US_ASCII));
        }
        return Optional.of(record.toByteArray());
    }

    private Chunk chunk(byte[] body, boolean first, long before) {
        int repeated = first ? 0 : header.length;
        long headerLines = header.length > 0 ? 1 : 0;
        return new Chunk(new Body(body), before - headerLines, line, body.length - repeated);
    }

    private static boolean hasRoom(int size, long lines) {
        return size < MOST_BYTES && lines < MOST_LINES;
    }

    /** How many lines the CSV record that has begun runs already; 0 if it ended with the line just read. */
    private int openLines(int openBefore) {
        boolean open = openBefore > 0 ^ oddQuotes;
        return format == Format.CSV && open && openBefore < LONGEST_RECORD ? openBefore + 1 : 0;
    }

    /** A line with its end. Of a line that is too long, the rest is read and thrown away. */
    private byte[] line() throws IOException {
        var read = new ByteArrayOutputStream(256);
        tooLong = false;
        oddQuotes = false;
        long length = 0;
        int b;
        while ((b = in.read()) >= 0) {
            length++;
            oddQuotes ^= b == '"';
            if (length <= MOST_BYTES + 1) {
                read.write(b);
            }
            if (b == '\n') {
                break;
            }
        }
        tooLong = length > MOST_BYTES + 1;
        ended = b < 0;
        if (length > 0) {
            line++;
        }
        return read.toByteArray();
    }
}
