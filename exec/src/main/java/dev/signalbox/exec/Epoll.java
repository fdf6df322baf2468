package dev.signalbox.exec;

import static dev.signalbox.exec.CFunction.INT;
import static dev.signalbox.exec.CFunction.LONG;
import static dev.signalbox.exec.CFunction.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/** Waits for descriptors. {@link #await} is for one thread, all else for any. Lives as long as the JVM. */
final class Epoll {
    static final int IN = 1;
    static final int OUT = 4;

    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int CLOEXEC = 0x80000;
    private static final int NONBLOCK = 0x800;
    private static final int BATCH = 128;

    /** The kernel packs this struct on x86-64 only. */
    private static final boolean PACKED = !"aarch64".equals(System.getProperty("os.arch"));

    private static final long SIZE = PACKED ? 12 : 16;
    private static final long DATA = PACKED ? 4 : 8;

    private static final CFunction CREATE = CFunction.of("epoll_create1", INT, INT);
    private static final CFunction CONTROL = CFunction.of("epoll_ctl", INT, INT, INT, INT, POINTER);
    private static final CFunction WAIT = CFunction.of("epoll_wait", INT, INT, POINTER, INT, INT);
    private static final CFunction EVENTFD = CFunction.of("eventfd", INT, INT, INT);
    private static final CFunction EVENTFD_WRITE = CFunction.of("eventfd_write", INT, INT, LONG);
    private static final CFunction EVENTFD_READ = CFunction.of("eventfd_read", INT, INT, POINTER);

    private final MemorySegment events = Arena.ofAuto().allocate(SIZE * BATCH, 8);
    private final MemorySegment count = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);
    private final int fd;
    private final int wakeup;

    Epoll() {
        fd = checked(CREATE.call(CLOEXEC));
        try {
            wakeup = checked(EVENTFD.call(0, CLOEXEC | NONBLOCK));
        } catch (ExecException e) {
            Libc.close(fd);
            throw e;
        }
        add(wakeup, IN);
    }

    private static int checked(long result) {
        if (result < 0) {
            throw new ExecException("commands cannot be run: " + Libc.explain((int) -result));
        }
        return (int) result;
    }

    void add(int watched, int interest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(SIZE, 8);
            event.set(ValueLayout.JAVA_INT, 0, interest);
            event.set(ValueLayout.JAVA_LONG_UNALIGNED, DATA, watched);
            checked(CONTROL.call(fd, ADD, watched, event));
        }
    }

    void remove(int watched) {
        CONTROL.call(fd, DELETE, watched, MemorySegment.NULL);
    }

    /** Waits at most so long (-1: for ever), then names each descriptor that is ready. */
    void await(int millis, IntConsumer ready) {
        int found = (int) WAIT.call(fd, events, BATCH, millis);
        for (int i = 0; i < found; i++) {
            int watched = (int) events.get(ValueLayout.JAVA_LONG_UNALIGNED, i * SIZE + DATA);
            if (watched == wakeup) {
                EVENTFD_READ.call(wakeup, count);
            } else {
                ready.accept(watched);
            }
        }
    }

    void wake() {
        EVENTFD_WRITE.call(wakeup, 1L);
    }
}
