package dev.signalbox.observatory;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow; for one thread. */
final class Bytes extends OutputStream {
    private static final int FIRST = 1024;

    private byte[] array = new byte[FIRST];
    private int length;

    @Override
    public void write(int value) {
        room(1);
        array[length++] = (byte) value;
    }

    @Override
    public void write(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, array, length, count);
        length += count;
    }

    void putInt(int value) {
        room(Integer.BYTES);
        ByteBuffer.wrap(array).putInt(length, value);
        length += Integer.BYTES;
    }

    void putLong(long value) {
        room(Long.BYTES);
        ByteBuffer.wrap(array).putLong(length, value);
        length += Long.BYTES;
    }

    /** UTF-8 after its length in bytes; what is no character becomes a question mark. */
    void putText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        putInt(utf8.length);
        write(utf8, 0, utf8.length);
    }

    void setInt(int at, int value) {
        ByteBuffer.wrap(array).putInt(at, value);
    }

    /** Makes a gap before the byte at {@code at}. */
    void shift(int at, int by) {
        room(by);
        System.arraycopy(array, at, array, at + by, length - at);
        length += by;
    }

    void set(int at, int value) {
        array[at] = (byte) value;
    }

    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    ByteBuffer buffer() {
        return ByteBuffer.wrap(array, 0, length);
    }

    byte[] copy() {
        return Arrays.copyOf(array, length);
    }

    private void room(int more) {
        if (array.length - length < more) {
            array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
        }
    }
}
