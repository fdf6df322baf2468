package dev.signalbox.observatory;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Protobuf's wire format, as far as OTLP logs need it. For one thread. */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final Bytes out;

    Protobuf(Bytes out) {
        this.out = out;
    }

    void number(int field, long value) {
        tag(field, VARINT);
        varint(value);
    }

    void fixed64(int field, long value) {
        tag(field, FIXED64);
        out.putLong(Long.reverseBytes(value));
    }

    void fixed32(int field, int value) {
        tag(field, FIXED32);
        out.putInt(Integer.reverseBytes(value));
    }

    void text(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void hex(int field, String digits) {
        bytes(field, HexFormat.of().parseHex(digits));
    }

    private void bytes(int field, byte[] value) {
        tag(field, DELIMITED);
        varint(value.length);
        out.write(value, 0, value.length);
    }

    /** A message within. Its length is known only after it is written, and most lengths fit the one byte left for it. */
    void nested(int field, Runnable content) {
        tag(field, DELIMITED);
        int start = out.length();
        out.write(0);
        content.run();
        int length = out.length() - start - 1;
        int more = size(length) - 1;
        if (more > 0) {
            out.shift(start + 1, more);
        }
        int at = start;
        for (int rest = length; ; rest >>>= 7) {
            out.set(at++, rest < 0x80 ? rest : rest | 0x80);
            if (rest < 0x80) {
                return;
            }
        }
    }

    private static int size(int value) {
        return Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
    }

    private void tag(int field, int type) {
        varint((long) field << 3 | type);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) rest | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
