package dev.signalbox.exec;

import dev.signalbox.exec.Backend.Launch;
import dev.signalbox.exec.Backend.Outputs;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The descriptors of one start. What was not handed over by {@link #release} is closed in the end. Not thread-safe. */
final class Pipes implements AutoCloseable {
    /** No such descriptor: nothing, or what this process has. */
    static final int NONE = -1;

    private final Launch launch;
    private final List<Integer> open = new ArrayList<>();

    final int childIn;
    final int ourIn;
    final int childOut;
    final int ourOut;
    final int childErr;
    final int ourErr;
    /** Where the next in the pipeline reads what this one writes. */
    final int next;

    /**
     * @param previous what the one before in the pipeline writes to, or {@link #NONE}; it now belongs to this
     * @throws ExecException if a file cannot be opened, or no descriptors are left
     */
    Pipes(Launch launch, int previous, boolean hasNext) {
        this.launch = launch;
        if (previous != NONE) {
            open.add(previous);
        }
        boolean inherits = launch.outputs() == Outputs.INHERITED;
        try {
            int[] input = previous == NONE ? input(inherits) : new int[] {previous, NONE};
            childIn = input[0];
            ourIn = input[1];
            int[] output = hasNext ? pipe() : output(launch.command().stdout(), inherits);
            childOut = output[1];
            ourOut = hasNext ? NONE : output[0];
            next = hasNext ? output[0] : NONE;
            int[] errors = launch.mergesErrors()
                    ? new int[] {NONE, NONE}
                    : output(launch.command().stderr(), inherits);
            ourErr = errors[0];
            childErr = errors[1];
            for (int ours : new int[] {ourIn, ourOut, ourErr}) {
                if (ours != NONE) {
                    Libc.dontBlock(ours);
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private int[] input(boolean inherits) {
        return switch (launch.command().input()) {
            case Input.File(Path file) -> new int[] {file(file, Libc.O_RDONLY), NONE};
            case Input.Bytes _, Input.Stream _ when !inherits -> pipe();
            default -> new int[] {NONE, NONE};
        };
    }

    private int[] output(Optional<Redirect> redirect, boolean inherits) {
        if (redirect.isPresent()) {
            int kept = redirect.get().append() ? Libc.O_APPEND : Libc.O_TRUNC;
            return new int[] {NONE, file(redirect.get().file(), Libc.O_WRONLY | Libc.O_CREAT | kept)};
        }
        return inherits ? new int[] {NONE, NONE} : pipe();
    }

    private int file(Path file, int flags) {
        int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = Libc.open(arena.allocateFrom(file.toString(), StandardCharsets.UTF_8), flags);
        }
        if (fd < 0) {
            throw failure(file + " cannot be opened: " + Libc.explainFile(-fd));
        }
        open.add(fd);
        return fd;
    }

    private int[] pipe() {
        int[] ends = {NONE, NONE};
        int result = Libc.pipe(ends);
        for (int end : ends) {
            if (end > 0) {
                open.add(end);
            }
        }
        if (result < 0) {
            throw failure(Libc.explain(-result));
        }
        return ends;
    }

    private ExecException failure(String reason) {
        return new ExecException(launch.command().program() + " was not started: " + reason);
    }

    /** Our ends, and what the next reads, are no longer closed here. */
    void release() {
        open.removeAll(List.of(ourIn, ourOut, ourErr, next));
    }

    @Override
    public void close() {
        open.forEach(Libc::close);
        open.clear();
    }
}
