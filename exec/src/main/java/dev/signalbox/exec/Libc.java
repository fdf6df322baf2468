package dev.signalbox.exec;

import static dev.signalbox.exec.CFunction.INT;
import static dev.signalbox.exec.CFunction.LONG;
import static dev.signalbox.exec.CFunction.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * System calls on processes and descriptors, on Linux. Each returns what the call did, or its errno as a negative number. Loading
 * this class fails with an {@link UnsupportedOperationException} inside if the C library lacks one. Thread-safe.
 */
final class Libc {
    static final int SIGHUP = 1;
    static final int SIGINT = 2;
    static final int SIGKILL = 9;
    static final int SIGPIPE = 13;
    static final int SIGTERM = 15;
    static final int SIGCHLD = 17;
    static final int SIGCONT = 18;
    static final int SIGTSTP = 20;
    static final int SIGTTOU = 22;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0x40;
    static final int O_TRUNC = 0x200;
    static final int O_APPEND = 0x400;

    private static final int O_NOCTTY = 0x100;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;

    private static final int P_PID = 1;
    private static final int WNOHANG = 1;
    private static final int WSTOPPED = 2;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x01000000;
    private static final int CLD_EXITED = 1;
    private static final long SIGINFO_SIZE = 128;
    private static final long SI_CODE = 8;
    private static final long SI_PID = 16;
    private static final long SI_STATUS = 24;

    private static final CFunction PIPE2 = CFunction.of("pipe2", INT, POINTER, INT);
    private static final CFunction FCNTL = CFunction.variadic("fcntl", 2, INT, INT, INT, INT);
    private static final CFunction CLOSE = CFunction.of("close", INT, INT);
    private static final CFunction READ = CFunction.of("read", LONG, INT, POINTER, LONG);
    private static final CFunction WRITE = CFunction.of("write", LONG, INT, POINTER, LONG);
    private static final CFunction OPEN = CFunction.variadic("open", 2, INT, POINTER, INT, INT);
    private static final CFunction KILL = CFunction.of("kill", INT, INT, INT);
    private static final CFunction WAITID = CFunction.of("waitid", INT, INT, INT, POINTER, INT);
    private static final CFunction SIGNAL = CFunction.of("signal", LONG, INT, LONG);
    private static final CFunction PIDFD_OPEN = CFunction.variadic("syscall", 1, LONG, LONG, INT, INT);
    private static final CFunction PIDFD_SEND_SIGNAL =
            CFunction.variadic("syscall", 1, LONG, LONG, INT, INT, LONG, INT);

    private Libc() {}

    /** Both ends are closed on exec, and neither is 0, 1 or 2. Reading end first. */
    static int pipe(int[] ends) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = (int) PIPE2.call(pair, O_CLOEXEC);
            if (result < 0) {
                return result;
            }
            ends[0] = aboveStandard(pair.getAtIndex(ValueLayout.JAVA_INT, 0));
            ends[1] = aboveStandard(pair.getAtIndex(ValueLayout.JAVA_INT, 1));
            return Math.min(0, Math.min(ends[0], ends[1]));
        }
    }

    /** A process that was itself started with closed outputs gets low numbers, which the child needs for its own. */
    private static int aboveStandard(int fd) {
        if (fd > 2) {
            return fd;
        }
        int moved = (int) FCNTL.call(fd, F_DUPFD_CLOEXEC, 3);
        close(fd);
        return moved;
    }

    static void dontBlock(int fd) {
        long result = FCNTL.call(fd, F_SETFL, O_NONBLOCK);
        if (result < 0) {
            throw new IllegalStateException("a pipe cannot be switched to non-blocking: error " + -result);
        }
    }

    /** As far as the system allows it. */
    static void enlargePipe(int fd, int bytes) {
        FCNTL.call(fd, F_SETPIPE_SZ, bytes);
    }

    /** Closing is final on Linux, whatever it returns. */
    static void close(int fd) {
        CLOSE.call(fd);
    }

    static int read(int fd, MemorySegment buffer) {
        long result;
        do {
            result = READ.call(fd, buffer, buffer.byteSize());
        } while (result == -Errno.EINTR);
        return (int) result;
    }

    static int write(int fd, MemorySegment bytes) {
        long result;
        do {
            result = WRITE.call(fd, bytes, bytes.byteSize());
        } while (result == -Errno.EINTR);
        return (int) result;
    }

    /** Not 0, 1 or 2, and closed on exec. A file that is created gets the usual rights: 0666 without the umask. */
    static int open(MemorySegment path, int flags) {
        int fd = (int) OPEN.call(path, flags | O_CLOEXEC | O_NOCTTY, 0666);
        return fd < 0 ? fd : aboveStandard(fd);
    }

    /** {@code target} is a process id, or the negative id of a process group. */
    static int kill(int target, int signal) {
        return (int) KILL.call(target, signal);
    }

    static int pidfdOpen(int pid) {
        return (int) PIDFD_OPEN.call(SYS_PIDFD_OPEN, pid, 0);
    }

    static int pidfdSignal(int pidfd, int signal) {
        return (int) PIDFD_SEND_SIGNAL.call(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0L, 0);
    }

    /**
     * How a child ended, if it has; it stays a zombie, so that its id and its group's stay its own. {@link Exit.Unknown} if it is no
     * child of this process any more: then both may be given to others at any time.
     */
    static Optional<Exit> peek(int pid) {
        return waitFor(pid, WEXITED | WNOWAIT | WNOHANG);
    }

    /** Whether its id, and that of the group it leads, cannot be another's. */
    static boolean isOurs(int pid) {
        return peek(pid).filter(Exit.Unknown.class::isInstance).isEmpty();
    }

    /** Lets go of a child that has ended. */
    static void reap(int pid) {
        waitFor(pid, WEXITED | WNOHANG);
    }

    /** Whether a child was stopped since the last look. */
    static boolean wasStopped(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_SIZE);
            return WAITID.call(P_PID, pid, info, WSTOPPED | WNOHANG) == 0
                    && info.get(ValueLayout.JAVA_INT, SI_PID) != 0;
        }
    }

    private static Optional<Exit> waitFor(int pid, int options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIGINFO_SIZE);
            long result;
            do {
                result = WAITID.call(P_PID, pid, info, options);
            } while (result == -Errno.EINTR);
            if (result < 0) {
                return Optional.of(new Exit.Unknown());
            }
            if (info.get(ValueLayout.JAVA_INT, SI_PID) == 0) {
                return Optional.empty();
            }
            int status = info.get(ValueLayout.JAVA_INT, SI_STATUS);
            boolean exited = info.get(ValueLayout.JAVA_INT, SI_CODE) == CLD_EXITED;
            return Optional.of(exited ? new Exit.Code(status) : new Exit.Signal(status));
        }
    }

    /** Without this, a parent that ignores SIGCHLD (which is inherited) never learns how its children ended. */
    static void mindChildren() {
        SIGNAL.call(SIGCHLD, 0L);
    }

    /** The same for a file that was to be opened. */
    static String explainFile(int errno) {
        return switch (errno) {
            case Errno.ENOENT -> "it, or its folder, does not exist";
            case Errno.EACCES -> "access is denied (EACCES)";
            default -> explain(errno);
        };
    }

    /**
     * For people: what an error means and what to do. Here, because loading a class of its own takes a descriptor.
     *
     * @param errno positive
     */
    static String explain(int errno) {
        return switch (errno) {
            case Errno.ENOENT ->
                "the interpreter that its first line (#!) names, or the folder to run in, is not there";
            case Errno.EACCES ->
                "access is denied (EACCES); it, its interpreter or the folder is not for this user,"
                        + " or the file system is mounted noexec";
            case Errno.ENOEXEC -> "it is neither a program nor does it begin with #! and its interpreter";
            case Errno.E2BIG ->
                "its arguments and environment are too large (E2BIG; a single one may have 128 KiB);"
                        + " pass them by stdin or in a file";
            case Errno.ETXTBSY -> "the file is still open for writing (ETXTBSY); close it first";
            case Errno.EMFILE, Errno.ENFILE ->
                "no file descriptors are left; raise the limit (ulimit -n), or run fewer at a time";
            case Errno.EAGAIN ->
                "the limit of processes is reached (EAGAIN); raise it (ulimit -u), or run fewer at a time";
            case Errno.ENOMEM -> "there is not enough memory";
            default -> "error " + errno;
        };
    }
}
