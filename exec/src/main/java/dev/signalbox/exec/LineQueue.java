package dev.signalbox.exec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes chunks of both outputs from the thread that reads them to the one that handles lines. Beyond {@link #HIGH} bytes it asks for
 * a pause. More than that plus what the pipes held is never waiting.
 */
final class LineQueue {
    private static final int HIGH = 256 * 1024;
    private static final int LOW = HIGH / 2;
    private static final int LONGEST_LINE = 64 * 1024;

    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Chunk(Source source, byte[] bytes) {}

    /** Empty is the end. */
    private final BlockingQueue<Optional<Chunk>> chunks = new LinkedBlockingQueue<>();

    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Runnable> resumes = new CopyOnWriteArrayList<>();

    Sink sink(Source source) {
        return new Sink() {
            @Override
            public boolean take(ByteBuffer bytes) {
                var copy = new byte[bytes.remaining()];
                bytes.get(copy);
                int now = waiting.addAndGet(copy.length);
                chunks.add(Optional.of(new Chunk(source, copy)));
                return now < HIGH;
            }

            @Override
            public void onResume(Runnable resume) {
                resumes.add(resume);
            }
        };
    }

    /** Nothing comes after this. */
    void end() {
        chunks.add(Optional.empty());
    }

    /** Hands out lines until the end. */
    void forEach(LineHandler handler) throws InterruptedException {
        var out = new Splitter(Source.STDOUT, handler);
        var err = new Splitter(Source.STDERR, handler);
        for (var next = chunks.take(); next.isPresent(); next = chunks.take()) {
            Chunk chunk = next.get();
            (chunk.source == Source.STDOUT ? out : err).split(chunk.bytes);
            int before = waiting.getAndAdd(-chunk.bytes.length);
            if (before >= LOW && before - chunk.bytes.length < LOW) {
                resumes.forEach(Runnable::run);
            }
        }
        out.finish();
        err.finish();
    }

    /** Makes lines of one output. */
    private static final class Splitter {
        private final Source source;
        private final LineHandler handler;
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

        Splitter(Source source, LineHandler handler) {
            this.source = source;
            this.handler = handler;
        }

        void split(byte[] bytes) throws InterruptedException {
            int from = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    begun.write(bytes, from, i - from);
                    emit(withoutReturn(begun.toByteArray()));
                    from = i + 1;
                } else if (cut(begun.size() + i - from, bytes[i])) {
                    begun.write(bytes, from, i - from);
                    emit(begun.toByteArray());
                    from = i;
                }
            }
            begun.write(bytes, from, bytes.length - from);
        }

        /** Cuts between characters: a byte 10xxxxxx belongs to the one before, of which there are at most three in a row. */
        private static boolean cut(int length, byte next) {
            boolean within = (next & 0xC0) == 0x80;
            return length >= LONGEST_LINE + (within ? 3 : 0);
        }

        private static byte[] withoutReturn(byte[] line) {
            int end = line.length - 1;
            return end >= 0 && line[end] == '\r' ? Arrays.copyOf(line, end) : line;
        }

        void finish() throws InterruptedException {
            if (begun.size() > 0) {
                emit(begun.toByteArray());
            }
        }

        private void emit(byte[] line) throws InterruptedException {
            begun.reset();
            handler.line(source, new String(line, StandardCharsets.UTF_8));
        }
    }
}
