package dev.signalbox.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a command can be limited in. Each of its processes has the limit for itself, but for {@link #PROCESSES}. */
public enum ResourceLimit {
    /** Seconds of processor time; SIGKILL after that. */
    CPU_SECONDS("cpu", "Max cpu time"),
    /** Bytes of address space; more cannot be allocated. Much larger than what a program really uses. */
    MEMORY_BYTES("as", "Max address space"),
    /** File descriptors: their highest number plus 1. */
    OPEN_FILES("nofile", "Max open files"),
    /** Processes and threads of the user, all programs together. Does not hold for root. */
    PROCESSES("nproc", "Max processes"),
    /** Size of a file that is written; SIGXFSZ beyond it. */
    FILE_BYTES("fsize", "Max file size"),
    /** Size of a core dump; 0 for none. */
    CORE_BYTES("core", "Max core file size"),
    /** Size of the first thread's stack. */
    STACK_BYTES("stack", "Max stack size");

    private static final Path OWN_LIMITS = Path.of("/proc/self/limits");

    private final String option;
    private final String nameInProc;

    ResourceLimit(String option, String nameInProc) {
        this.option = option;
        this.nameInProc = nameInProc;
    }

    /**
     * The words that run a program under limits. That is a program's work because limits are set by a process for itself: setting
     * them for a child that already runs would leave it a moment without.
     *
     * @throws ExecException if the program is not here, or this process may not have as much itself
     */
    static List<String> prefix(String program, Map<ResourceLimit, Long> limits) {
        Path prlimit = Executables.find("prlimit")
                .orElseThrow(() -> new ExecException(program + " was not started: its limits need the program prlimit"
                        + " (package util-linux), which is not in the PATH; install it, or set no limits"));
        List<String> words = new ArrayList<>(List.of(prlimit.toString()));
        limits.forEach((limit, value) -> {
            limit.requireWithinOwn(program, value);
            words.add("--" + limit.option + "=" + value + ":" + value);
        });
        words.add("--");
        return words;
    }

    private void requireWithinOwn(String program, long value) {
        ownMaximum().filter(most -> value > most).ifPresent(most -> {
            throw new ExecException(program + " was not started: its limit " + name() + " is " + value
                    + ", but this process itself may have at most " + most + "; set no more than that");
        });
    }

    /** Empty if there is none, or it cannot be told. */
    private Optional<Long> ownMaximum() {
        try {
            return Files.readAllLines(OWN_LIMITS).stream()
                    .filter(line -> line.startsWith(nameInProc))
                    .map(line -> line.substring(nameInProc.length()).strip().split(" +", -1)[1])
                    .filter(hard -> !hard.equals("unlimited"))
                    .map(Long::valueOf)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
