package dev.signalbox.exec;

import static dev.signalbox.exec.CFunction.INT;
import static dev.signalbox.exec.CFunction.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The terminal that is this process's input, while a command has it. Used by one thread. */
final class Terminal {
    private static final int STDIN = 0;
    private static final int BLOCK = 0;
    private static final int SETMASK = 2;
    private static final int DRAIN = 1;
    private static final long OPAQUE = 1_024;

    private static final CFunction GET_FOREGROUND = CFunction.of("tcgetpgrp", INT, INT);
    private static final CFunction SET_FOREGROUND = CFunction.of("tcsetpgrp", INT, INT, INT);
    private static final CFunction OWN_GROUP = CFunction.of("getpgrp", INT);
    private static final CFunction GET_SETTINGS = CFunction.of("tcgetattr", INT, INT, POINTER);
    private static final CFunction SET_SETTINGS = CFunction.of("tcsetattr", INT, INT, INT, POINTER);
    private static final CFunction MASK = CFunction.of("pthread_sigmask", INT, INT, POINTER, POINTER);
    private static final CFunction EMPTY_SET = CFunction.of("sigemptyset", INT, POINTER);
    private static final CFunction ADD_TO_SET = CFunction.of("sigaddset", INT, POINTER, INT);

    /** glibc 2.35; without it the child gets the terminal a moment after its start. */
    private static final Optional<CFunction> ADD_FOREGROUND =
            CFunction.find("posix_spawn_file_actions_addtcsetpgrp_np", INT, POINTER, INT);

    private final MemorySegment settings = Arena.ofAuto().allocate(OPAQUE, 16);
    private final int ownGroup = (int) OWN_GROUP.call();

    /** Looks all functions up. Fails as a class does that cannot be initialized if one is missing. */
    static void load() {
        isGivenAtStart();
    }

    private Terminal() {
        GET_SETTINGS.call(STDIN, settings);
    }

    /** Empty if the input is no terminal, or another job has it. */
    static Optional<Terminal> ifOurs() {
        return isForeground() ? Optional.of(new Terminal()) : Optional.empty();
    }

    static boolean isForeground() {
        return GET_FOREGROUND.call(STDIN) == OWN_GROUP.call();
    }

    /** Whether a child has the terminal before its program begins. */
    static boolean isGivenAtStart() {
        return ADD_FOREGROUND.isPresent();
    }

    /** Has a child take the terminal before its program begins. */
    static void addForeground(MemorySegment actions) {
        if (isForeground()) {
            ADD_FOREGROUND.ifPresent(add -> add.call(actions, STDIN));
        }
    }

    /** Gives the terminal to a group. */
    void give(int group) {
        withoutStopping(() -> SET_FOREGROUND.call(STDIN, group));
    }

    /** Takes it back; with the settings from before if who had it could not clean up. */
    void takeBack(boolean restore) {
        withoutStopping(() -> {
            SET_FOREGROUND.call(STDIN, ownGroup);
            if (restore) {
                SET_SETTINGS.call(STDIN, DRAIN, settings);
            }
        });
    }

    /** Stops this job, as Ctrl-Z does; returns when the shell has let it go on. */
    void stopJob() {
        Libc.kill(-ownGroup, Libc.SIGTSTP);
    }

    /** Who is in the background is stopped when it touches the terminal's settings, unless the thread blocks SIGTTOU. */
    private static void withoutStopping(Runnable action) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment blocked = arena.allocate(OPAQUE, 16);
            MemorySegment before = arena.allocate(OPAQUE, 16);
            EMPTY_SET.call(blocked);
            ADD_TO_SET.call(blocked, Libc.SIGTTOU);
            MASK.call(BLOCK, blocked, before);
            try {
                action.run();
            } finally {
                MASK.call(SETMASK, before, MemorySegment.NULL);
            }
        }
    }
}
