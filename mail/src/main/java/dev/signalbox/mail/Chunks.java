package dev.signalbox.mail;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes content in chunks (BDAT, RFC 3030), each as it is, without looking at dots. Holds one chunk in memory. One use each.
 */
final class Chunks extends OutputStream {
    /** Small enough for servers that stall on a large chunk. */
    static final int SIZE = 128 * 1024;
    /** Chunks sent ahead of their replies. */
    private static final int MOST_AHEAD = 8;

    private final SmtpWire wire;
    private final SmtpTimeouts timeouts;
    private final int ahead;
    private final byte[] chunk = new byte[SIZE];
    private int length;
    private int unanswered;

    /** The server would not have a chunk, and so not the message. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient SmtpReply reply;

        RefusedException(SmtpReply reply) {
            super("the server refused a chunk: " + reply);
            this.reply = reply;
        }

        SmtpReply reply() {
            return reply;
        }
    }

    Chunks(SmtpWire wire, boolean pipelining, SmtpTimeouts timeouts) {
        this.wire = wire;
        this.timeouts = timeouts;
        ahead = pipelining ? MOST_AHEAD : 1;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        int at = from;
        int left = count;
        while (left > 0) {
            if (length == SIZE) {
                send("");
                awaitFewerThan(ahead);
            }
            int n = Math.min(left, SIZE - length);
            System.arraycopy(bytes, at, chunk, length, n);
            length += n;
            at += n;
            left -= n;
        }
    }

    /** Sends the last chunk. Its own reply is left to the caller, after {@link #settle}. */
    void finish() throws IOException {
        send(" LAST");
        unanswered--;
    }

    private void send(String last) throws IOException {
        wire.command("BDAT " + length + last);
        wire.write(chunk, 0, length);
        wire.flush();
        length = 0;
        unanswered++;
    }

    /** Reads the replies to all chunks before the last. */
    void settle() throws IOException {
        awaitFewerThan(1);
    }

    private void awaitFewerThan(int most) throws IOException {
        while (unanswered >= most) {
            var reply = wire.reply(timeouts.reply());
            unanswered--;
            if (!reply.isPositive()) {
                throw new RefusedException(reply);
            }
        }
    }
}
