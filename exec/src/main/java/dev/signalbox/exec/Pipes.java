package dev.signalbox.exec;

import java.util.ArrayList;
import java.util.List;

/** The descriptors of one start. What was not handed over by {@link #release} is closed in the end. Not thread-safe. */
final class Pipes implements AutoCloseable {
    /** No such pipe. */
    static final int NONE = -1;

    private final List<Integer> open = new ArrayList<>();

    final int childIn;
    final int ourIn;
    final int childOut;
    final int ourOut;
    final int childErr;
    final int ourErr;

    /** @throws ExecException if there are no descriptors left */
    Pipes(String program, boolean in, boolean out, boolean err) {
        try {
            int[] input = pipe(program, in);
            childIn = input[0];
            ourIn = input[1];
            int[] output = pipe(program, out);
            ourOut = output[0];
            childOut = output[1];
            int[] errors = pipe(program, err);
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

    private int[] pipe(String program, boolean wanted) {
        int[] ends = {NONE, NONE};
        if (wanted) {
            int result = Libc.pipe(ends);
            for (int end : ends) {
                if (end > 0) {
                    open.add(end);
                }
            }
            if (result < 0) {
                throw new ExecException(program + " was not started: " + Libc.explain(-result));
            }
        }
        return ends;
    }

    /** Our ends now belong to somebody else. */
    void release() {
        open.removeAll(List.of(ourIn, ourOut, ourErr));
    }

    @Override
    public void close() {
        open.forEach(Libc::close);
        open.clear();
    }
}
