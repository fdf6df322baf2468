package dev.signalbox.endpoint.netty;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Takes the compression off a message (RFC 7692, 7.2.2). Each stands alone: no context is taken over. */
final class Inflation {
    /** What the sender leaves out at the end of a message. */
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private static final int CHUNK = 8 << 10;

    private Inflation() {}

    /** Stops as soon as it is over {@code maxBytes}, so that a small message cannot become a huge one. */
    static byte[] inflate(byte[] bytes, int size, int maxBytes) throws ProtocolViolation {
        byte[] input = Arrays.copyOf(bytes, size + TAIL.length);
        System.arraycopy(TAIL, 0, input, size, TAIL.length);
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(input);
            return inflate(inflater, input, maxBytes);
        } catch (DataFormatException e) {
            throw ProtocolViolation.invalidCompression();
        } finally {
            inflater.end();
        }
    }

    private static byte[] inflate(Inflater inflater, byte[] input, int maxBytes)
            throws DataFormatException, ProtocolViolation {
        ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(maxBytes, 2 * input.length));
        byte[] chunk = new byte[CHUNK];
        int count;
        do {
            count = inflater.inflate(chunk);
            out.write(chunk, 0, count);
            if (out.size() > maxBytes) {
                throw ProtocolViolation.tooLarge(maxBytes);
            }
        } while (count > 0 || goesOn(inflater, input));
        return out.toByteArray();
    }

    /** A final block, which a sender may write anywhere, ends the stream for zlib but not the message (7.2.3.5). */
    private static boolean goesOn(Inflater inflater, byte[] input) throws ProtocolViolation {
        if (inflater.needsDictionary()) {
            throw ProtocolViolation.invalidCompression();
        }
        int rest = inflater.getRemaining();
        if (!inflater.finished() || rest == 0) {
            return false;
        }
        inflater.reset();
        inflater.setInput(input, input.length - rest, rest);
        return true;
    }
}
