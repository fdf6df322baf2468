package dev.signalbox.router;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Bytes that grow while they are written: the counterpart of {@link ByteSource}. For one thread. */
final class ByteSink {
    private static final int INITIAL = 256;

    private byte[] bytes = new byte[INITIAL];
    private int size;

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void require(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), 2 * bytes.length));
        }
    }

    ByteSink octet(int value) {
        require(1);
        bytes[size++] = (byte) value;
        return this;
    }

    ByteSink flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** Seven bits a byte, the lowest first: what is small is short. Negative numbers take ten bytes. */
    ByteSink number(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            octet((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return octet((int) rest);
    }

    ByteSink fixed(long value) {
        require(Long.BYTES);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    ByteSink uuid(UUID value) {
        return fixed(value.getMostSignificantBits()).fixed(value.getLeastSignificantBits());
    }

    /** As they are, without their number. */
    ByteSink raw(byte[] value) {
        return raw(value, 0, value.length);
    }

    /** Those from {@code from} up to {@code to}, excluded. */
    ByteSink raw(byte[] value, int from, int to) {
        int length = to - from;
        require(length);
        System.arraycopy(value, from, bytes, size, length);
        size += length;
        return this;
    }

    ByteSink octets(byte[] value) {
        return number(value.length).raw(value);
    }

    ByteSink text(String value) {
        return octets(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes one thing. */
    interface Writing<T> {
        ByteSink write(T value, ByteSink to);
    }

    <T> ByteSink optional(Optional<T> value, Writing<T> writing) {
        flag(value.isPresent());
        value.ifPresent(present -> writing.write(present, this));
        return this;
    }

    /** Their number, and each of them. */
    <T> ByteSink list(Collection<T> values, Writing<T> writing) {
        number(values.size());
        values.forEach(value -> writing.write(value, this));
        return this;
    }

    <K, V> ByteSink map(Map<K, V> values, Writing<Map.Entry<K, V>> writing) {
        return list(values.entrySet(), writing);
    }

    ByteSink texts(Map<String, String> values) {
        return map(values, (each, to) -> to.text(each.getKey()).text(each.getValue()));
    }
}
