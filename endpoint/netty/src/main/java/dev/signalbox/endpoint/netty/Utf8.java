package dev.signalbox.endpoint.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks UTF-8 as it comes in, in pieces of any length: no overlong forms, no surrogates, nothing beyond U+10FFFF. It fails at
 * the first byte that cannot be right. For one thread.
 */
final class Utf8 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;
    private static final int LOWEST = 0x80;
    private static final int HIGHEST = 0xBF;

    /** How many bytes the current character still needs, and between what the next of them has to be. */
    private int needed;

    private int lower = LOWEST;
    private int upper = HIGHEST;

    static boolean isValid(byte[] bytes, int from, int to) {
        Utf8 utf8 = new Utf8();
        return utf8.accepts(bytes, from, to) && utf8.isComplete();
    }

    /** Goes on with {@code bytes[from, to)}; false if that cannot be UTF-8, whatever follows. */
    boolean accepts(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (needed == 0) {
                at = skipAscii(bytes, at, to);
            }
            if (at < to && !accepts(bytes[at++] & 0xFF)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it ends with a whole character. */
    boolean isComplete() {
        return needed == 0;
    }

    private static int skipAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (at <= to - Long.BYTES && ((long) LONG.get(bytes, at) & NOT_ASCII) == 0) {
            at += Long.BYTES;
        }
        while (at < to && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    private boolean accepts(int b) {
        if (needed == 0) {
            return begins(b);
        }
        boolean fits = b >= lower && b <= upper;
        needed--;
        lower = LOWEST;
        upper = HIGHEST;
        return fits;
    }

    /** The first byte of a character, after table 3-7 of the Unicode Standard. */
    private boolean begins(int b) {
        if (b >= 0xC2 && b <= 0xDF) {
            needed = 1;
        } else if (b >= 0xE0 && b <= 0xEF) {
            needed = 2;
            lower = b == 0xE0 ? 0xA0 : LOWEST;
            upper = b == 0xED ? 0x9F : HIGHEST;
        } else if (b >= 0xF0 && b <= 0xF4) {
            needed = 3;
            lower = b == 0xF0 ? 0x90 : LOWEST;
            upper = b == 0xF4 ? 0x8F : HIGHEST;
        }
        return needed > 0 || b < 0x80;
    }
}
