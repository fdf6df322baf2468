package dev.signalbox.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the answers on one connection: HTTP/1.1 as RFC 9112 frames it (length, chunks, or the connection's end), within
 * a deadline and within bounds. Not thread-safe: one exchange at a time.
 */
final class AnswerReader {
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int MOST_INTERIM_ANSWERS = 8;

    private final Socket socket;
    private final InputStream in;
    private final int largestBody;
    private final byte[] buffer = new byte[4096];
    private int position;
    private int limit;
    private long deadline;
    private int headLeft;
    private boolean reusable;

    AnswerReader(Socket socket, int largestBody) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.largestBody = largestBody;
    }

    /**
     * Reads one answer before {@code deadline} in {@link System#nanoTime()}.
     *
     * @throws IOException if there is no whole head; what is wrong with a body is told by {@link HttpAnswer#whole()}
     */
    HttpAnswer read(long deadline) throws IOException {
        this.deadline = deadline;
        reusable = false;
        for (int i = 0; i < MOST_INTERIM_ANSWERS; i++) {
            headLeft = LONGEST_HEAD;
            String statusLine = line();
            int status = status(statusLine);
            var headers = headers();
            if (status >= 200) {
                return withBody(statusLine, status, headers);
            }
        }
        throw new ProtocolException("more than " + MOST_INTERIM_ANSWERS + " interim answers");
    }

    /** Whether the answer read last ended where the next one may begin, and nothing has come after it yet. */
    boolean isReusable() {
        return reusable && position == limit;
    }

    private static int status(String line) throws ProtocolException {
        if (line.length() >= 12 && line.startsWith("HTTP/1.") && line.charAt(8) == ' ') {
            String code = line.substring(9, 12);
            if (code.chars().allMatch(c -> c >= '0' && c <= '9') && code.charAt(0) != '0') {
                return Integer.parseInt(code);
            }
        }
        throw new ProtocolException("the answer is not HTTP/1.1");
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new ProtocolException("the answer has a header without a colon");
            }
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            String first = headers.putIfAbsent(name, value);
            if (first != null && name.equals("content-length") && !first.equals(value)) {
                throw new ProtocolException("the answer has two lengths");
            }
        }
        return headers;
    }

    private HttpAnswer withBody(String statusLine, int status, Map<String, String> headers) {
        var body = new ByteArrayOutputStream();
        boolean whole = true;
        try {
            boolean framed = readBody(status, headers, body);
            reusable = framed && statusLine.startsWith("HTTP/1.1") && !closes(headers);
        } catch (IOException incomplete) {
            whole = false; // What matters, the status, is known.
        }
        return new HttpAnswer(status, headers, body.toString(StandardCharsets.UTF_8), whole);
    }

    private static boolean closes(Map<String, String> headers) {
        return Stream.of(headers.getOrDefault("connection", "").split(","))
                .anyMatch(option -> option.strip().equalsIgnoreCase("close"));
    }

    /** False if the body ends with the connection. */
    private boolean readBody(int status, Map<String, String> headers, ByteArrayOutputStream body) throws IOException {
        String length = headers.get("content-length");
        String coding = headers.get("transfer-encoding");
        if (status == 204 || status == 304) {
            return true;
        }
        if (coding != null) {
            if (length != null || !coding.equalsIgnoreCase("chunked")) {
                throw new ProtocolException("the answer's body has no certain end");
            }
            readChunks(body);
            return true;
        }
        if (length != null) {
            readExactly(number(length, 10), body);
            return true;
        }
        readToTheEnd(body);
        return false;
    }

    private void readChunks(ByteArrayOutputStream body) throws IOException {
        headLeft = LONGEST_HEAD + largestBody;
        while (true) {
            String size = line();
            int extension = size.indexOf(';');
            int length = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
            if (length == 0) {
                headers();
                return;
            }
            readExactly(length, body);
            if (!line().isEmpty()) {
                throw new ProtocolException("a chunk is longer than its announced size");
            }
        }
    }

    private void readExactly(int length, ByteArrayOutputStream body) throws IOException {
        for (int left = length; left > 0; ) {
            if (position == limit && !fill()) {
                throw new EOFException("the connection was closed in the middle of the answer");
            }
            left -= copy(Math.min(limit - position, left), body);
        }
    }

    private void readToTheEnd(ByteArrayOutputStream body) throws IOException {
        while (position < limit || fill()) {
            copy(limit - position, body);
        }
    }

    /** Takes as much as the bound allows before it fails, so that the caller sees the begin. */
    private int copy(int length, ByteArrayOutputStream body) throws ProtocolException {
        int room = largestBody - body.size();
        body.write(buffer, position, Math.min(length, room));
        if (length > room) {
            throw new ProtocolException("the body is longer than " + largestBody + " bytes");
        }
        position += length;
        return length;
    }

    private static int number(String digits, int radix) throws ProtocolException {
        try {
            int value = Integer.parseInt(digits, radix);
            if (value >= 0 && digits.charAt(0) != '+') {
                return value;
            }
        } catch (NumberFormatException e) {
            throw (ProtocolException)
                    new ProtocolException("a length or the size of a chunk is not a number").initCause(e);
        }
        throw new ProtocolException("a length or the size of a chunk is not a number");
    }

    private String line() throws IOException {
        var line = new StringBuilder(64);
        while (true) {
            if (position == limit && !fill()) {
                throw new EOFException("the connection was closed before an answer came");
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            line.append(new String(buffer, position, end - position, StandardCharsets.ISO_8859_1));
            headLeft -= end - position + 1;
            if (headLeft < 0) {
                throw new ProtocolException("the answer's head is longer than " + LONGEST_HEAD + " bytes");
            }
            position = Math.min(end + 1, limit);
            if (end < limit) {
                return withoutReturn(line);
            }
        }
    }

    private static String withoutReturn(StringBuilder line) {
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
    }

    private boolean fill() throws IOException {
        long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer came in time");
        }
        socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }
}
