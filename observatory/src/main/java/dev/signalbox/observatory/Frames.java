package dev.signalbox.observatory;

import java.net.URI;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is in the files of spools and dead letters: frames of length, CRC-32C and payload. A file begins with
 * {@link #MAGIC}. Then comes a context, and batches of it: a frame that announces so many records, and as many records.
 * The announcement says as well, among dead letters, why they were refused. Each record says which of how many it is, so
 * that it can be told what is missing, whichever frames are damaged.
 *
 * <p>A process may die while it writes, so the last frames of a file may be torn. That shows in the length or the CRC.
 */
final class Frames {
    static final long MAGIC = 0x53_42_4c_4f_47_53_30_32L; // SBLOGS02
    static final int HEADER = 2 * Integer.BYTES;

    /** No batch has as many bytes: a greater length is rubbish. */
    static final int LONGEST = 256 << 20;

    private static final int CONTEXT = 'C';
    private static final int BATCH = 'B';
    private static final int RECORD = 'R';

    private Frames() {}

    /** The payload of a frame. */
    sealed interface Payload {
        /** {@code byDefault}: the configured destination, whose token is not written down. */
        record Context(Destination destination, boolean byDefault) implements Payload {}

        /** {@code status} is 0 in a spool; among dead letters, what the destination answered, -1 if it was not asked. */
        record Announcement(String id, int records, int status, String why, Instant time) implements Payload {}

        /** Record {@code index}, from 0, of a batch that has {@code size} of them. */
        record Entry(LogRecord record, int index, int size) implements Payload {}
    }

    static void context(Bytes out, Destination destination, boolean byDefault, boolean withToken) {
        int start = begin(out, CONTEXT);
        out.putText(destination.url().toString());
        out.putText(withToken && !byDefault ? destination.token() : "");
        out.putText(destination.format().name());
        out.putText(destination.id());
        out.write(byDefault ? 1 : 0);
        var headers = withToken && !byDefault ? destination.headers() : Map.<String, String>of();
        out.putInt(headers.size());
        headers.forEach((name, value) -> {
            out.putText(name);
            out.putText(value);
        });
        end(out, start);
    }

    static void batch(Bytes out, Batch batch, int status, String why, Instant time) {
        int start = begin(out, BATCH);
        out.putText(batch.id());
        out.putInt(batch.size());
        out.putInt(status);
        out.putText(why);
        putTime(out, time);
        end(out, start);
        for (int index = 0; index < batch.size(); index++) {
            record(out, batch.records().get(index), index, batch.size());
        }
    }

    private static void record(Bytes out, LogRecord record, int index, int size) {
        int start = begin(out, RECORD);
        out.putInt(index);
        out.putInt(size);
        putTime(out, record.time());
        out.write(record.severity().otlpNumber());
        out.putText(record.message());
        out.putText(record.module());
        out.putText(record.submodule());
        out.putInt(record.data().size());
        record.data().forEach((name, value) -> {
            out.putText(name);
            putValue(out, value);
        });
        Trace trace = record.trace();
        out.write(trace == null ? 0 : 1);
        if (trace != null) {
            out.putText(trace.traceId());
            out.putText(trace.spanId());
            out.write(trace.flags());
        }
        end(out, start);
    }

    private static void putValue(Bytes out, Object value) {
        switch (value) {
            case Long number -> {
                out.write('L');
                out.putLong(number);
            }
            case Double number -> {
                out.write('D');
                out.putLong(Double.doubleToRawLongBits(number));
            }
            case Boolean truth -> {
                out.write('B');
                out.write(truth ? 1 : 0);
            }
            default -> {
                out.write('T');
                out.putText(value.toString());
            }
        }
    }

    private static Object value(ByteBuffer in) {
        return switch (in.get()) {
            case 'L' -> in.getLong();
            case 'D' -> Double.longBitsToDouble(in.getLong());
            case 'B' -> in.get() == 1;
            case 'T' -> text(in);
            default -> throw new IllegalArgumentException("no such type of field");
        };
    }

    private static void putTime(Bytes out, Instant time) {
        out.putLong(time.getEpochSecond());
        out.putInt(time.getNano());
    }

    private static int begin(Bytes out, int type) {
        int start = out.length();
        out.putLong(0);
        out.write(type);
        return start;
    }

    private static void end(Bytes out, int start) {
        int length = out.length() - start - HEADER;
        out.setInt(start, length);
        out.setInt(start + Integer.BYTES, crc(ByteBuffer.wrap(out.array(), start + HEADER, length)));
    }

    static boolean isType(byte first) {
        return first == CONTEXT || first == BATCH || first == RECORD;
    }

    static int crc(ByteBuffer payload) {
        var crc = new CRC32C();
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }

    /** What a payload says; null if it is not one of ours, although its CRC is right. */
    static @Nullable Payload read(ByteBuffer payload) {
        try {
            return switch (payload.get()) {
                case CONTEXT -> readContext(payload);
                case BATCH ->
                    new Payload.Announcement(
                            text(payload), payload.getInt(), payload.getInt(), text(payload), time(payload));
                case RECORD -> readEntry(payload);
                default -> null;
            };
        } catch (BufferUnderflowException
                | IllegalArgumentException
                | DateTimeException
                | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static Payload.Context readContext(ByteBuffer payload) {
        var url = URI.create(text(payload));
        String token = text(payload);
        var format = WireFormat.valueOf(text(payload));
        String id = text(payload);
        boolean byDefault = payload.get() == 1;
        Map<String, String> headers = new LinkedHashMap<>();
        for (int left = payload.getInt(); left > 0; left--) {
            headers.put(text(payload), text(payload));
        }
        return new Payload.Context(new Destination(url, token, format, id, headers), byDefault);
    }

    private static Payload.Entry readEntry(ByteBuffer in) {
        int index = in.getInt();
        int size = in.getInt();
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no batch has such a record");
        }
        return new Payload.Entry(readRecord(in), index, size);
    }

    private static LogRecord readRecord(ByteBuffer in) {
        var time = time(in);
        var severity = Severity.of(in.get());
        String message = text(in);
        String module = text(in);
        String submodule = text(in);
        Map<String, Object> data = new LinkedHashMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            data.put(text(in), value(in));
        }
        var trace = in.get() == 0 ? null : new Trace(text(in), text(in), in.get() & 0xFF);
        return new LogRecord(time, severity, message, module, submodule, data, trace);
    }

    private static Instant time(ByteBuffer in) {
        return Instant.ofEpochSecond(in.getLong(), in.getInt());
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] utf8 = new byte[length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
