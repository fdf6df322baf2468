package dev.signalbox.mail;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The bytes of one connection: commands and content out, replies in, each within a time. One thread uses it at a time;
 * {@link SmtpWatch} may close it from another, which is how a write ends that the server does not take.
 */
final class SmtpWire implements AutoCloseable {
    private static final int LONGEST_LINE = 4 * 1024;
    private static final int MOST_LINES = 128;
    private static final int BUFFER = 16 * 1024;
    static final long NEVER = Long.MAX_VALUE;

    private final Duration writeTimeout;
    private final byte[] received = new byte[BUFFER];
    private final byte[] unsent = new byte[BUFFER];
    private volatile Socket socket;
    private InputStream in;
    private OutputStream out;
    private int position;
    private int limit;
    private int waiting;
    private List<String> lines = List.of();
    /** When whatever this connection is used for has to be over; {@link #NEVER} if it is bounded by its steps alone. */
    private long end = NEVER;
    /** When the watch closes the socket, in {@link System#nanoTime()}; {@link #NEVER} while nothing is written. */
    private volatile long overdue = NEVER;

    /** A failure of the connection, not of what was to be sent over it. */
    static final class LostException extends IOException {
        private static final long serialVersionUID = 1L;

        LostException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    SmtpWire(Socket socket, Duration writeTimeout) throws IOException {
        this.socket = socket;
        this.writeTimeout = writeTimeout;
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Goes on over {@code secure}, which is layered over the socket used so far. */
    void upgrade(Socket secure) throws IOException {
        socket = secure;
        in = secure.getInputStream();
        out = secure.getOutputStream();
    }

    /**
     * @throws ProtocolException if the server has said more than its reply: those bytes came without encryption, maybe from
     *     somebody in between, and would be read as if they had come with it
     */
    void checkNothingUnread() throws ProtocolException {
        if (position < limit) {
            throw new ProtocolException("the server sent more after its reply to STARTTLS, before encryption began");
        }
    }

    Socket socket() {
        return socket;
    }

    void command(String line) throws IOException {
        byte[] bytes = (line + "\r\n").getBytes(StandardCharsets.UTF_8);
        write(bytes, 0, bytes.length);
    }

    void write(byte[] bytes, int from, int length) throws IOException {
        if (length > unsent.length - waiting) {
            flush();
        }
        if (length > unsent.length) {
            send(bytes, from, length);
        } else {
            System.arraycopy(bytes, from, unsent, waiting, length);
            waiting += length;
        }
    }

    /** Writes as {@link #write} does. */
    OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                SmtpWire.this.write(bytes, from, length);
            }
        };
    }

    void flush() throws IOException {
        if (waiting > 0) {
            int length = waiting;
            waiting = 0;
            send(unsent, 0, length);
        }
    }

    private void send(byte[] bytes, int from, int length) throws IOException {
        guard(writeTimeout);
        try {
            out.write(bytes, from, length);
            out.flush();
        } catch (IOException e) {
            throw new LostException("the connection broke while writing: " + e.getMessage(), e);
        } finally {
            unguard();
        }
    }

    /** From now on the watch closes the connection after {@code most}. */
    void guard(Duration most) {
        overdue = within(most);
    }

    /** Every reply and every write has to come before {@code nanoTime}, however long its own timeout is. */
    void until(long nanoTime) {
        end = nanoTime;
    }

    private long within(Duration most) {
        long now = System.nanoTime();
        return end == NEVER ? now + most.toNanos() : now + Math.min(most.toNanos(), end - now);
    }

    void unguard() {
        overdue = NEVER;
    }

    boolean isOverdue(long now) {
        long when = overdue;
        return when != NEVER && now - when > 0;
    }

    /** Reads one reply, whole, within {@code timeout}. */
    SmtpReply reply(Duration timeout) throws IOException {
        try {
            return reply(within(timeout));
        } catch (SocketTimeoutException e) {
            throw new LostException("no reply within " + timeout, e);
        } catch (IOException e) {
            throw new LostException("the connection broke while waiting for a reply: " + e.getMessage(), e);
        }
    }

    private SmtpReply reply(long deadline) throws IOException {
        var lines = new ArrayList<String>();
        int code = 0;
        for (int i = 0; i < MOST_LINES; i++) {
            String line = line(deadline);
            int read = code(line);
            if (i > 0 && read != code) {
                throw new ProtocolException("the lines of one reply have different codes");
            }
            code = read;
            lines.add(line.length() > 4 ? line.substring(4) : "");
            if (line.length() == 3 || line.charAt(3) == ' ') {
                this.lines = lines;
                return SmtpReply.of(code, lines);
            }
        }
        throw new ProtocolException("a reply of more than " + MOST_LINES + " lines");
    }

    private static int code(String line) throws ProtocolException {
        boolean readable = line.length() >= 3
                && line.charAt(0) >= '2'
                && line.charAt(0) <= '5'
                && Character.isDigit(line.charAt(1))
                && Character.isDigit(line.charAt(2))
                && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
        if (!readable) {
            throw new ProtocolException("a reply that is not SMTP");
        }
        return Integer.parseInt(line, 0, 3, 10);
    }

    private String line(long deadline) throws IOException {
        var line = new StringBuilder();
        for (int c = next(deadline); c != '\n'; c = next(deadline)) {
            if (line.length() >= LONGEST_LINE) {
                throw new ProtocolException("a line of more than " + LONGEST_LINE + " characters");
            }
            line.append((char) c);
        }
        int end = line.length();
        return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
    }

    private int next(long deadline) throws IOException {
        if (position == limit) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("too slow");
            }
            socket.setSoTimeout((int) left);
            limit = Math.max(0, in.read(received));
            position = 0;
            if (limit == 0) {
                throw new EOFException("the server closed it");
            }
        }
        return received[position++] & 0xFF;
    }

    /** The lines of the last reply, without its code. */
    List<String> lines() {
        return lines;
    }

    /** Asks and waits. */
    SmtpReply ask(String command, Duration timeout) throws IOException {
        command(command);
        flush();
        return reply(timeout);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            SmtpSender.LOG.debug("closing a connection failed", e);
        }
    }
}
