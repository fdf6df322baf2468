package dev.signalbox.endpoint.netty;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Takes off the mask of a client's frame (RFC 6455, 5.3). */
final class Mask {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Mask() {}

    /** Unmasks {@code bytes[from, to)}, which begin at {@code offset} of their frame's payload. */
    static void remove(int mask, int offset, byte[] bytes, int from, int to) {
        int turned = Integer.rotateLeft(mask, Byte.SIZE * (offset & 3));
        long twice = (long) turned << Integer.SIZE | (turned & 0xFFFF_FFFFL);
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            LONG.set(bytes, at, (long) LONG.get(bytes, at) ^ twice);
        }
        for (; at < to; at++) {
            bytes[at] ^= (byte) (turned >>> (Integer.SIZE - Byte.SIZE - Byte.SIZE * ((at - from) & 3)));
        }
    }
}
