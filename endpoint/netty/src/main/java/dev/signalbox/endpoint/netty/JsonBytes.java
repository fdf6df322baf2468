package dev.signalbox.endpoint.netty;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/**
 * Writes JSON in UTF-8 into an array that is used again and again. For one thread.
 *
 * <p>A general JSON writer costs more than the rest of a delivery; what is written here is a handful of fixed shapes.
 */
final class JsonBytes {
    private static final int INITIAL = 512;
    /** An array that one large message blew up is not kept. */
    private static final int KEPT = 64 << 10;

    private static final int CHUNK = 1 << 10;
    /** The longest that one UTF-16 unit becomes: a control character as a u-escape. */
    private static final int LONGEST = 6;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[INITIAL];
    private int size;

    JsonBytes reset() {
        size = 0;
        if (bytes.length > KEPT) {
            bytes = new byte[INITIAL];
        }
        return this;
    }

    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }

    /** Text that is JSON already, in ASCII. */
    JsonBytes raw(String ascii) {
        int length = ascii.length();
        reserve(length);
        ascii(ascii, length);
        return this;
    }

    /** One copy, without a look at each character. */
    @SuppressWarnings("deprecation") // which it is since it drops the upper halves of characters; these have none
    private void ascii(String text, int end) {
        text.getBytes(0, end, bytes, size);
        size += end;
    }

    JsonBytes number(long value) {
        return raw(Long.toString(value));
    }

    /** A JSON string. Unpaired surrogates, which UTF-8 cannot hold, become U+FFFD. */
    JsonBytes string(String value) {
        reserve(1);
        bytes[size++] = '"';
        int length = value.length();
        int i = plain(value);
        reserve(i);
        ascii(value, i);
        while (i < length) {
            int end = Math.min(length, i + CHUNK);
            // The last of a chunk may be half of a pair, which then takes a unit of the next: hence the one more.
            reserve((end - i + 1) * LONGEST);
            while (i < end) {
                i = character(value, i);
            }
        }
        reserve(1);
        bytes[size++] = '"';
        return this;
    }

    /** How much of its beginning goes as it is, which mostly is all. */
    private static int plain(String value) {
        int length = value.length();
        int i = 0;
        while (i < length && isPlain(value.charAt(i))) {
            i++;
        }
        return i;
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }

    private int character(String value, int at) {
        char c = value.charAt(at);
        if (c >= 0x80) {
            return beyondAscii(value, at, c);
        }
        if (isPlain(c)) {
            bytes[size++] = (byte) c;
        } else {
            escape(c);
        }
        return at + 1;
    }

    private int beyondAscii(String value, int at, char c) {
        if (Character.isHighSurrogate(c) && at + 1 < value.length() && Character.isLowSurrogate(value.charAt(at + 1))) {
            fourBytes(Character.toCodePoint(c, value.charAt(at + 1)));
            return at + 2;
        }
        char valid = Character.isSurrogate(c) ? '\uFFFD' : c;
        if (valid < 0x800) {
            bytes[size++] = (byte) (0xC0 | (valid >> 6));
        } else {
            bytes[size++] = (byte) (0xE0 | (valid >> 12));
            bytes[size++] = (byte) (0x80 | ((valid >> 6) & 0x3F));
        }
        bytes[size++] = (byte) (0x80 | (valid & 0x3F));
        return at + 1;
    }

    private void fourBytes(int codePoint) {
        bytes[size++] = (byte) (0xF0 | (codePoint >> 18));
        bytes[size++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
        bytes[size++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
        bytes[size++] = (byte) (0x80 | (codePoint & 0x3F));
    }

    private void escape(char c) {
        bytes[size++] = '\\';
        switch (c) {
            case '"', '\\' -> bytes[size++] = (byte) c;
            case '\n' -> bytes[size++] = 'n';
            case '\r' -> bytes[size++] = 'r';
            case '\t' -> bytes[size++] = 't';
            default -> {
                bytes[size++] = 'u';
                bytes[size++] = '0';
                bytes[size++] = '0';
                bytes[size++] = HEX[c >> 4];
                bytes[size++] = HEX[c & 0xF];
            }
        }
    }

    /** A JSON string with the UUID in its usual form. */
    JsonBytes uuid(UUID id) {
        reserve(38);
        bytes[size++] = '"';
        hex(id.getMostSignificantBits(), 64, 32);
        bytes[size++] = '-';
        hex(id.getMostSignificantBits(), 32, 16);
        bytes[size++] = '-';
        hex(id.getMostSignificantBits(), 16, 0);
        bytes[size++] = '-';
        hex(id.getLeastSignificantBits(), 64, 48);
        bytes[size++] = '-';
        hex(id.getLeastSignificantBits(), 48, 0);
        bytes[size++] = '"';
        return this;
    }

    private void hex(long bits, int from, int to) {
        for (int shift = from - 4; shift >= to; shift -= 4) {
            bytes[size++] = HEX[(int) (bits >>> shift) & 0xF];
        }
    }

    /** A JSON string with the rest of {@code buffer} in Base64. */
    JsonBytes base64(ByteBuffer buffer) {
        ByteBuffer encoded = Base64.getEncoder().encode(buffer);
        int length = encoded.remaining();
        reserve(length + 2);
        bytes[size++] = '"';
        encoded.get(bytes, size, length);
        size += length;
        bytes[size++] = '"';
        return this;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
