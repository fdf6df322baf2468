package dev.signalbox.exec;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** The reading end of one of a child's outputs. On the reactor's thread, but for {@link #open}. */
final class OutputReader {
    /** Buffers a turn: what writes without end must not keep the reactor from others. */
    private static final int TURN = 4;

    /** More than any pipe here holds; a process that was left behind may write without end. */
    private static final int LAST = 2 << 20;

    /**
     * For those who write much: fewer switches between them and us. The system's default is 64 KiB. More than this would not stay in
     * the processor's cache on its way from them to us.
     */
    private static final int LARGE = 256 * 1024;

    private final Reactor reactor;
    private final int fd;
    private final Sink sink;
    private final Runnable closed;
    private final Consumer<Throwable> failed;
    private boolean open = true;
    private boolean paused;
    private boolean large;

    OutputReader(Reactor reactor, int fd, Sink sink, Runnable closed, Consumer<Throwable> failed) {
        this.reactor = reactor;
        this.fd = fd;
        this.sink = sink;
        this.closed = closed;
        this.failed = failed;
    }

    /** Race: the other output, which is watched already, may have failed and closed this one. */
    synchronized void open() {
        if (open) {
            sink.onResume(() -> reactor.execute(this::resume));
            reactor.watch(fd, Epoll.IN, this::ready, failed);
        }
    }

    boolean isOpen() {
        return open;
    }

    private void resume() {
        if (open && paused) {
            paused = false;
            reactor.watch(fd, Epoll.IN, this::ready, failed);
        }
    }

    /** As long as the buffer fills there is more: to read at once spares a system call that would only say so. */
    private void ready() {
        boolean filled = true;
        for (int turn = 0; turn < TURN && filled && !paused; turn++) {
            filled = read() == reactor.buffer().byteSize();
        }
        if (!open) {
            closed.run();
        }
    }

    /** How many bytes there were; 0 or less if there are none now. */
    private int read() {
        MemorySegment buffer = reactor.buffer();
        int count = Libc.read(fd, buffer);
        if (count > 0) {
            if (count == buffer.byteSize() && !large) {
                large = true;
                Libc.enlargePipe(fd, LARGE);
            }
            boolean more = sink.take(buffer.asSlice(0, count).asByteBuffer());
            if (!more && !paused) {
                paused = true;
                reactor.unwatch(fd);
            }
        } else if (count != -Errno.EAGAIN) {
            close();
        }
        return count;
    }

    /** Takes what is there, whether the sink wants a pause or not: what wrote it has ended, so it is no more than a pipe holds. */
    void drain() {
        int taken = 0;
        for (int count = 1; open && count > 0 && taken < LAST; taken += count) {
            count = read();
        }
    }

    synchronized void close() {
        if (open) {
            open = false;
            reactor.unwatch(fd);
            Libc.close(fd);
        }
    }
}
