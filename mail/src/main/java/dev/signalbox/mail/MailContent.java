package dev.signalbox.mail;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalLong;

/**
 * A message as bytes, which each attempt writes anew.
 *
 * @param size in octets, if it is known before it is written
 */
record MailContent(OptionalLong size, MimePart.Body writer) {
    /** The server takes no message of this size. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        TooLargeException(long limit) {
            super("the message is larger than the server takes, which is " + limit + " octets");
        }
    }

    static MailContent of(byte[] whole) {
        return new MailContent(OptionalLong.of(whole.length), out -> out.write(whole));
    }

    void writeTo(OutputStream out, OptionalLong limit) throws IOException {
        writer.writeTo(limit.isPresent() ? new Limited(out, limit.getAsLong()) : out);
    }

    private static final class Limited extends FilterOutputStream {
        private final long limit;
        private long written;

        Limited(OutputStream out, long limit) {
            super(out);
            this.limit = limit;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            written += length;
            if (written > limit) {
                throw new TooLargeException(limit);
            }
            out.write(bytes, from, length);
        }
    }
}
