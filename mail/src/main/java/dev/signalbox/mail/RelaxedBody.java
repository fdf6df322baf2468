package dev.signalbox.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash of a body as RFC 6376, section 3.4.4 has it: spaces count as one and not at all at the end of a line, empty lines
 * at the end not at all. The body has CRLF at the end of each line. One use each.
 */
final class RelaxedBody extends OutputStream {
    private static final byte[] CRLF = {'\r', '\n'};

    private final MessageDigest digest;
    private final byte[] plain = new byte[8 * 1024];
    private int length;
    private int emptyLines;
    private boolean space;
    private boolean lineBegun;

    RelaxedBody() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    static byte[] hash(MimePart.Body body) throws IOException {
        var hash = new RelaxedBody();
        body.writeTo(hash);
        return hash.hash();
    }

    @Override
    public void write(int b) {
        switch (b & 0xFF) {
            case '\r' -> {}
            case '\n' -> endLine();
            case ' ', '\t' -> space = true;
            default -> visible((byte) b);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        for (int i = from; i < from + count; i++) {
            write(bytes[i]);
        }
    }

    private void endLine() {
        if (lineBegun) {
            put(CRLF[0]);
            put(CRLF[1]);
        } else {
            emptyLines++;
        }
        lineBegun = false;
        space = false;
    }

    private void visible(byte b) {
        for (; emptyLines > 0; emptyLines--) {
            put(CRLF[0]);
            put(CRLF[1]);
        }
        if (space) {
            put((byte) ' ');
        }
        put(b);
        space = false;
        lineBegun = true;
    }

    private void put(byte b) {
        if (length == plain.length) {
            digest.update(plain, 0, length);
            length = 0;
        }
        plain[length++] = b;
    }

    byte[] hash() {
        if (lineBegun) {
            endLine();
        }
        digest.update(plain, 0, length);
        length = 0;
        return digest.digest();
    }
}
