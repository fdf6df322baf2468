package dev.signalbox.router;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Reads what {@link ByteSink} wrote. Whatever does not fit is an {@link IllegalArgumentException}, and no length that is read makes it
 * take more memory than there are bytes. For one thread.
 */
final class ByteSource {
    private final byte[] bytes;
    private final int end;
    private int at;

    ByteSource(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean hasMore() {
        return at < end;
    }

    private void require(int more) {
        if (more < 0 || end - at < more) {
            throw new IllegalArgumentException("it ends too early, at byte " + end);
        }
    }

    int octet() {
        require(1);
        return bytes[at++] & 0xFF;
    }

    boolean flag() {
        return octet() != 0;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = octet();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number has more than ten bytes");
    }

    /** A number that is an {@code int}. */
    int integer() {
        long value = number();
        if (value != (int) value) {
            throw new IllegalArgumentException("a number is too large: " + value);
        }
        return (int) value;
    }

    /** A number of things of which each takes at least a byte. */
    int count() {
        long value = number();
        if (value < 0 || value > end - at) {
            throw new IllegalArgumentException("there cannot be " + value + " in " + (end - at) + " bytes");
        }
        return (int) value;
    }

    long fixed() {
        require(Long.BYTES);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << 8) | octet();
        }
        return value;
    }

    UUID uuid() {
        return new UUID(fixed(), fixed());
    }

    /** The next so many bytes, as they are. */
    void read(byte[] to, int offset, int length) {
        require(length);
        System.arraycopy(bytes, at, to, offset, length);
        at += length;
    }

    byte[] octets() {
        int length = count();
        byte[] read = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return read;
    }

    String text() {
        int length = count();
        String read = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return read;
    }

    /** The next so many bytes as a source of their own; this one goes on after them. */
    ByteSource part(int length) {
        require(length);
        at += length;
        return new ByteSource(bytes, at - length, at);
    }

    <T> Optional<T> optional(Function<ByteSource, T> reading) {
        return flag() ? Optional.of(reading.apply(this)) : Optional.empty();
    }

    <T> List<T> list(Function<ByteSource, T> reading) {
        int count = count();
        List<T> read = new ArrayList<>(Math.min(count, 1_000));
        for (int i = 0; i < count; i++) {
            read.add(reading.apply(this));
        }
        return read;
    }

    <K, V> Map<K, V> map(Function<ByteSource, K> key, Function<ByteSource, V> value) {
        int count = count();
        Map<K, V> read = new HashMap<>();
        for (int i = 0; i < count; i++) {
            read.put(key.apply(this), value.apply(this));
        }
        return read;
    }
}
