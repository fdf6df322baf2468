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
 * The announcement says as well, among dead letters, why they were refused.
 *
 * <p>A process may die while it writes, so the last frames of a file may be torn. That shows in the length or the CRC.
 */
final class Frames {
    static final long MAGIC = 0x53_42_4c_4f_47_53_30_31L; // SBLOGS01
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

        record Entry(LogRecord record) implements Payload {}
    }

    static void context(Bytes out, Destination destination, boolean byDefault, boolean withToken) {
        int start = begin(out, CONTEXT);
        out.putText(destination.url().toString());
        out.putText(withToken && !byDefault ? destination.token() : "");
        out.putText(destination.format().name());
        out.putText(destination.id());
        out.write(byDefault ? 1 : 0);
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
        batch.records().forEach(record -> record(out, record));
    }

    private static void record(Bytes out, LogRecord record) {
        int start = begin(out, RECORD);
        putTime(out, record.time());
        out.write(record.severity().otlpNumber());
        out.putText(record.message());
        out.putText(record.module());
        out.putText(record.submodule());
        out.putInt(record.data().size());
        record.data().forEach((name, value) -> {
            out.putText(name);
            out.putText(value);
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
                case RECORD -> new Payload.Entry(readRecord(payload));
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
        var destination = new Destination(
                URI.create(text(payload)), text(payload), WireFormat.valueOf(text(payload)), text(payload));
        return new Payload.Context(destination, payload.get() == 1);
    }

    private static LogRecord readRecord(ByteBuffer in) {
        var time = time(in);
        var severity = Severity.of(in.get());
        String message = text(in);
        String module = text(in);
        String submodule = text(in);
        Map<String, String> data = new LinkedHashMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            data.put(text(in), text(in));
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
