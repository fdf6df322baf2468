package dev.signalbox.delivery.sms;

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

/**
 * Reads the answers on one connection: HTTP/1.1 as RFC 9112 frames it (length, chunks, or the connection's end), within
 * a deadline and within bounds. Not thread-safe: one exchange at a time.
 */
final class AnswerReader {
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int LONGEST_BODY = 64 * 1024;
    private static final int MOST_INTERIM_ANSWERS = 8;

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[4096];
    private int position;
    private int limit;
    private long deadline;
    private int headLeft;

    AnswerReader(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    /** Reads one whole answer before {@code deadline} in {@link System#nanoTime()}. */
    ProviderAnswer read(long deadline) throws IOException {
        this.deadline = deadline;
        for (int i = 0; i < MOST_INTERIM_ANSWERS; i++) {
            headLeft = LONGEST_HEAD;
            String statusLine = line();
            int status = status(statusLine);
            var headers = headers();
            if (status >= 200) {
                return answer(status, headers, statusLine.startsWith("HTTP/1.1"));
            }
        }
        throw new ProtocolException("more than " + MOST_INTERIM_ANSWERS + " interim answers");
    }

    /** Whether the other side has closed, or said something unasked. Waits a millisecond. */
    boolean isStale() {
        try {
            socket.setSoTimeout(1);
            // Returns only for the end of the stream or an unasked byte.
            return position < limit || in.read() >= -1;
        } catch (SocketTimeoutException quiet) {
            return false;
        } catch (IOException broken) {
            return true;
        }
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
                throw new ProtocolException("the provider sent a header without a colon");
            }
            headers.putIfAbsent(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private ProviderAnswer answer(int status, Map<String, String> headers, boolean persistent) throws IOException {
        String length = headers.get("content-length");
        boolean framed = true;
        byte[] body;
        if (status == 204 || status == 304) {
            body = new byte[0];
        } else if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            body = chunks();
        } else if (length != null) {
            body = exactly(number(length, 10));
        } else {
            body = rest();
            framed = false;
        }
        boolean closes = "close".equalsIgnoreCase(headers.get("connection"));
        var text = new String(body, StandardCharsets.UTF_8);
        return new ProviderAnswer(status, headers, text, persistent && framed && !closes && position == limit);
    }

    private byte[] chunks() throws IOException {
        var body = new ByteArrayOutputStream();
        headLeft = LONGEST_HEAD;
        while (true) {
            String size = line();
            int extension = size.indexOf(';');
            int length = number((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
            if (length == 0) {
                headers();
                return body.toByteArray();
            }
            requireRoom(body.size() + length);
            body.write(exactly(length));
            if (!line().isEmpty()) {
                throw new ProtocolException("the provider sent a chunk longer than its announced size");
            }
        }
    }

    private byte[] exactly(int length) throws IOException {
        requireRoom(length);
        byte[] body = new byte[length];
        for (int read = 0; read < length; ) {
            if (position == limit && !fill()) {
                throw new EOFException("the provider closed the connection in the middle of its answer");
            }
            int part = Math.min(limit - position, length - read);
            System.arraycopy(buffer, position, body, read, part);
            position += part;
            read += part;
        }
        return body;
    }

    private byte[] rest() throws IOException {
        var body = new ByteArrayOutputStream();
        while (position < limit || fill()) {
            requireRoom(body.size() + limit - position);
            body.write(buffer, position, limit - position);
            position = limit;
        }
        return body.toByteArray();
    }

    private static void requireRoom(int length) throws ProtocolException {
        if (length > LONGEST_BODY) {
            throw new ProtocolException("the answer is longer than " + LONGEST_BODY + " bytes");
        }
    }

    private static int number(String digits, int radix) throws ProtocolException {
        try {
            int value = Integer.parseInt(digits, radix);
            if (value >= 0 && digits.charAt(0) != '+') {
                return value;
            }
        } catch (NumberFormatException e) {
            throw (ProtocolException)
                    new ProtocolException("the provider's Content-Length or chunk size is not a number").initCause(e);
        }
        throw new ProtocolException("the provider's Content-Length or chunk size is not a number");
    }

    private String line() throws IOException {
        var line = new StringBuilder(64);
        while (true) {
            if (position == limit && !fill()) {
                throw new EOFException("the provider closed the connection before it answered");
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
            throw new SocketTimeoutException("the provider did not answer in time");
        }
        socket.setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }
}
