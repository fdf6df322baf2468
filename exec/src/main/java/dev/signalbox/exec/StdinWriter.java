package dev.signalbox.exec;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The writing end of a child's input. On the reactor's thread, but for {@link #pump}, which reads a stream that may block, one piece at a
 * time.
 */
final class StdinWriter {
    private static final int PIECE = 64 * 1024;

    private final Reactor reactor;
    private final int fd;
    private final Input input;
    private final Consumer<Throwable> failed;
    private final Semaphore written = new Semaphore(0);
    private byte[] bytes = new byte[0];
    private int from;
    private boolean last;
    private boolean waiting;
    private volatile boolean open = true;
    private @Nullable Thread pump;

    StdinWriter(Reactor reactor, int fd, Input input, Consumer<Throwable> failed) {
        this.reactor = reactor;
        this.fd = fd;
        this.input = input;
        this.failed = failed;
    }

    void open() {
        switch (input) {
            case Input.None(), Input.File _ -> close();
            case Input.Bytes(byte[] all) -> offer(all, true);
            case Input.Stream(InputStream stream) ->
                pump = Thread.ofVirtual().name("exec-stdin").start(() -> pump(stream));
        }
    }

    private void pump(InputStream stream) {
        try {
            byte[] piece = new byte[PIECE];
            for (int count = stream.read(piece); count >= 0 && open; count = stream.read(piece)) {
                byte[] copy = Arrays.copyOf(piece, count);
                reactor.execute(() -> offer(copy, false));
                written.acquire();
            }
            reactor.execute(() -> offer(new byte[0], true));
        } catch (InterruptedException e) {
            // The child has ended; nobody wants the rest.
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            reactor.execute(() -> fail(e));
        }
    }

    private void fail(Throwable failure) {
        if (open) {
            close();
            failed.accept(failure);
        }
    }

    private void offer(byte[] next, boolean isLast) {
        bytes = next;
        from = 0;
        last = isLast;
        write();
    }

    private void write() {
        while (open && from < bytes.length) {
            MemorySegment buffer = reactor.buffer();
            int count = (int) Math.min(bytes.length - from, buffer.byteSize());
            MemorySegment.copy(bytes, from, buffer, ValueLayout.JAVA_BYTE, 0, count);
            int done = Libc.write(fd, buffer.asSlice(0, count));
            if (done == -Errno.EAGAIN) {
                await();
                return;
            }
            if (done < 0) {
                // EPIPE: the child has closed its input, which is its right.
                close();
                return;
            }
            from += done;
        }
        rest();
    }

    private void await() {
        if (!waiting) {
            waiting = true;
            reactor.watch(fd, Epoll.OUT, this::write, failed);
        }
    }

    private void rest() {
        if (last) {
            close();
            return;
        }
        if (waiting) {
            waiting = false;
            reactor.unwatch(fd);
        }
        written.release();
    }

    void close() {
        if (open) {
            open = false;
            reactor.unwatch(fd);
            Libc.close(fd);
            written.release();
            if (pump != null) {
                pump.interrupt();
            }
        }
    }
}
