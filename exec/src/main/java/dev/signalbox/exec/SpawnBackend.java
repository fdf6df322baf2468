package dev.signalbox.exec;

import static dev.signalbox.exec.CFunction.INT;
import static dev.signalbox.exec.CFunction.POINTER;
import static dev.signalbox.exec.CFunction.SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes with {@code posix_spawn}: like vfork, it does not copy page tables, so the size of the JVM's heap does not
 * matter. Each gets its own process group, default signals, and no descriptor but 0, 1 and 2. Thread-safe.
 */
final class SpawnBackend implements Backend {
    private static final short SETPGROUP = 2;
    private static final short SETSIGDEF = 4;
    private static final short SETSIGMASK = 8;

    /** glibc's are 80, 336 and 128 bytes. */
    private static final long OPAQUE = 1_024;

    private static final int BUSY_TRIES = 8;

    private static final CFunction SPAWN =
            CFunction.of("posix_spawn", INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER);
    private static final CFunction ACTIONS_INIT = CFunction.of("posix_spawn_file_actions_init", INT, POINTER);
    private static final CFunction ACTIONS_DESTROY = CFunction.of("posix_spawn_file_actions_destroy", INT, POINTER);
    private static final CFunction ADD_DUP2 = CFunction.of("posix_spawn_file_actions_adddup2", INT, POINTER, INT, INT);
    private static final CFunction ADD_OPEN =
            CFunction.of("posix_spawn_file_actions_addopen", INT, POINTER, INT, POINTER, INT, INT);
    private static final CFunction ADD_CLOSE_FROM =
            CFunction.of("posix_spawn_file_actions_addclosefrom_np", INT, POINTER, INT);
    private static final CFunction ADD_CHDIR =
            CFunction.of("posix_spawn_file_actions_addchdir_np", INT, POINTER, POINTER);
    private static final CFunction ATTR_INIT = CFunction.of("posix_spawnattr_init", INT, POINTER);
    private static final CFunction ATTR_DESTROY = CFunction.of("posix_spawnattr_destroy", INT, POINTER);
    private static final CFunction SET_FLAGS = CFunction.of("posix_spawnattr_setflags", INT, POINTER, SHORT);
    private static final CFunction SET_GROUP = CFunction.of("posix_spawnattr_setpgroup", INT, POINTER, INT);
    private static final CFunction SET_DEFAULT = CFunction.of("posix_spawnattr_setsigdefault", INT, POINTER, POINTER);
    private static final CFunction SET_MASK = CFunction.of("posix_spawnattr_setsigmask", INT, POINTER, POINTER);
    private static final CFunction EMPTY_SET = CFunction.of("sigemptyset", INT, POINTER);
    private static final CFunction FILL_SET = CFunction.of("sigfillset", INT, POINTER);
    private static final CFunction ADD_TO_SET = CFunction.of("sigaddset", INT, POINTER, INT);

    private final Reactor reactor;

    private SpawnBackend(Reactor reactor) {
        this.reactor = reactor;
    }

    /** @throws UnsupportedOperationException with the reason, where this way is not to be had */
    static SpawnBackend load() {
        requirePidfd();
        // What is looked up only later has to be there, too, or this way is not to be had.
        Terminal.load();
        Environment.load();
        Libc.mindChildren();
        return new SpawnBackend(Reactor.start());
    }

    private static void requirePidfd() {
        int own = Libc.pidfdOpen(Math.toIntExact(ProcessHandle.current().pid()));
        if (own == -Errno.EMFILE || own == -Errno.ENFILE) {
            throw new ExecException("commands cannot be run: " + Libc.explain(-own));
        }
        if (own < 0) {
            throw new UnsupportedOperationException(
                    "pidfd_open fails with error " + -own + "; it needs Linux 5.3, and a sandbox that allows it");
        }
        Libc.close(own);
    }

    @Override
    public ExecSupport support() {
        return new ExecSupport(true, "Linux with posix_spawn, process groups and pidfds");
    }

    @Override
    public List<Run> start(List<Launch> pipeline) {
        List<Run> started = new ArrayList<>();
        int previous = Pipes.NONE;
        try {
            for (Launch launch : pipeline) {
                boolean hasNext = started.size() + 1 < pipeline.size();
                try (Pipes pipes = new Pipes(launch, previous, hasNext)) {
                    started.add(start(launch, pipes));
                    previous = pipes.next;
                }
            }
            return started;
        } catch (RuntimeException e) {
            started.forEach(run -> run.end(ExecListener.Outcome.CANCELLED));
            started.forEach(run -> run.ended().join());
            throw e;
        }
    }

    private Run start(Launch launch, Pipes pipes) {
        long began = System.nanoTime();
        String marker = Marker.newId();
        int pid = spawn(launch, pipes, marker);
        int pidfd = watchable(pid);
        if (pidfd < 0) {
            Libc.kill(-pid, Libc.SIGKILL);
            reactor.reapLater(pid);
            throw new ExecException(launch.command().program() + " was ended at its start: " + Libc.explain(-pidfd));
        }
        var child = new Child(reactor, launch, new Child.Identity(pid, pidfd, marker, began), pipes);
        pipes.release();
        child.begin();
        return child;
    }

    /**
     * What becomes readable when the child ends. Where SIGCHLD is ignored, the system reaps children by itself, and one that
     * ends at once is gone before it can be looked for: the end of a pipe without a writer stands for it.
     */
    private static int watchable(int pid) {
        int pidfd = Libc.pidfdOpen(pid);
        if (pidfd != -Errno.ESRCH) {
            return pidfd;
        }
        int[] ends = new int[2];
        int error = Libc.pipe(ends);
        if (error != 0) {
            return error;
        }
        Libc.close(ends[1]);
        return ends[0];
    }

    private static int spawn(Launch launch, Pipes pipes, String marker) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(OPAQUE, 16);
            MemorySegment attributes = arena.allocate(OPAQUE, 16);
            check(ACTIONS_INIT.call(actions));
            check(ATTR_INIT.call(attributes));
            try {
                fill(actions, arena, launch, pipes);
                fillAttributes(attributes, arena, launch.outputs());
                return spawn(launch, marker, arena, actions, attributes);
            } finally {
                ATTR_DESTROY.call(attributes);
                ACTIONS_DESTROY.call(actions);
            }
        }
    }

    private static void fill(MemorySegment actions, Arena arena, Launch launch, Pipes pipes) {
        if (launch.outputs() == Outputs.INHERITED) {
            Terminal.addForeground(actions);
        } else if (pipes.childIn == Pipes.NONE) {
            check(ADD_OPEN.call(actions, 0, arena.allocateFrom("/dev/null"), Libc.O_RDONLY, 0));
        }
        addDescriptor(actions, pipes.childIn, 0);
        addDescriptor(actions, pipes.childOut, 1);
        addDescriptor(actions, launch.mergesErrors() ? 1 : pipes.childErr, 2);
        launch.command().dir().ifPresent(dir -> check(ADD_CHDIR.call(actions, text(arena, dir))));
        check(ADD_CLOSE_FROM.call(actions, 3));
    }

    private static void addDescriptor(MemorySegment actions, int fd, int as) {
        if (fd != Pipes.NONE) {
            check(ADD_DUP2.call(actions, fd, as));
        }
    }

    /**
     * A command that stands in for this process ignores what this ignores, as under nohup. All others begin with all signals at
     * their defaults: a server that was started with SIGINT ignored (by {@code &} in a script) must be able to interrupt them.
     */
    private static void fillAttributes(MemorySegment attributes, Arena arena, Outputs outputs) {
        MemorySegment set = arena.allocate(OPAQUE, 16);
        EMPTY_SET.call(set);
        check(SET_MASK.call(attributes, set));
        if (outputs != Outputs.INHERITED) {
            FILL_SET.call(set);
        }
        for (int signal : new int[] {Libc.SIGPIPE, Libc.SIGTERM, Libc.SIGCHLD}) {
            ADD_TO_SET.call(set, signal);
        }
        check(SET_DEFAULT.call(attributes, set));
        check(SET_GROUP.call(attributes, 0));
        check(SET_FLAGS.call(attributes, (short) (SETPGROUP | SETSIGDEF | SETSIGMASK)));
    }

    private static void check(long result) {
        if (result != 0) {
            throw new ExecException("a process cannot be prepared: " + Libc.explain((int) Math.abs(result)));
        }
    }

    private static int spawn(
            Launch launch, String marker, Arena arena, MemorySegment actions, MemorySegment attributes) {
        Command command = launch.command();
        MemorySegment path = text(arena, launch.executable());
        MemorySegment arguments =
                array(arena, launch.words().stream().map(SpawnBackend::utf8).toList());
        MemorySegment environment = array(arena, Environment.of(command, marker));
        MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
        int error = (int) SPAWN.call(pid, path, actions, attributes, arguments, environment);
        // Another thread's child may hold a file that was just written, until it has come to its own exec.
        for (int i = 0; error == Errno.ETXTBSY && i < BUSY_TRIES; i++) {
            LockSupport.parkNanos(1_000_000L << i);
            error = (int) SPAWN.call(pid, path, actions, attributes, arguments, environment);
        }
        if (error != 0) {
            throw new ExecException(launch.executable() + " was not started: " + Libc.explain(Math.abs(error)));
        }
        return pid.get(ValueLayout.JAVA_INT, 0);
    }

    private static MemorySegment array(Arena arena, List<byte[]> texts) {
        MemorySegment array = arena.allocate(ValueLayout.ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ValueLayout.ADDRESS, i, text(arena, texts.get(i)));
        }
        return array;
    }

    private static MemorySegment text(Arena arena, Path path) {
        return text(arena, utf8(path.toString()));
    }

    private static MemorySegment text(Arena arena, byte[] bytes) {
        MemorySegment text = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return text;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
