package dev.signalbox.server.rest;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Cuts a stream of UTF-8 into lines, one at a time, whatever its length. A line that is too long or not UTF-8 is told as
 * such and never held. A byte order mark and carriage returns at line ends are dropped. Confined to one thread.
 */
public final class LineReader {
    private final InputStream in;
    private final int longestLine;
    private final long mostBytes;
    private long bytes;
    private long lines;

    /** One line; the first is number 1. With a {@code fault} the text is empty. */
    public record Line(long number, String text, Optional<String> fault) {}

    /** The whole input is longer than allowed; what came before it has been delivered. */
    public static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        private TooLongException(long mostBytes) {
            super("the request is longer than " + mostBytes + " bytes");
        }
    }

    public LineReader(InputStream in, int longestLine, long mostBytes) {
        this.in = new BufferedInputStream(in, 64 * 1024);
        this.longestLine = longestLine;
        this.mostBytes = mostBytes;
    }

    public Optional<Line> next() throws IOException {
        var line = new ByteArrayOutputStream(256);
        long length = 0;
        int next = read();
        if (next < 0) {
            return Optional.empty();
        }
        for (; next >= 0 && next != '\n'; next = read()) {
            if (++length <= longestLine) {
                line.write(next);
            }
        }
        lines++;
        return Optional.of(length > longestLine ? tooLong() : decode(line.toByteArray()));
    }

    private int read() throws IOException {
        if (++bytes > mostBytes && in.read() >= 0) {
            throw new TooLongException(mostBytes);
        }
        return in.read();
    }

    private Line tooLong() {
        return new Line(lines, "", Optional.of("the line is longer than " + longestLine + " bytes"));
    }

    private Line decode(byte[] line) {
        int end = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line, 0, end))
                    .toString();
            boolean marked = lines == 1 && text.startsWith("\uFEFF");
            return new Line(lines, marked ? text.substring(1) : text, Optional.empty());
        } catch (CharacterCodingException notUtf8) {
            return new Line(lines, "", Optional.of("the line is not UTF-8"));
        }
    }
}
