package dev.signalbox.exec;

import java.util.List;

/**
 * A pipeline that ended.
 *
 * @param commands how each ended, with its error output, in the order of the pipeline; only the last has a standard output
 */
public record PipelineCapture(List<Capture> commands) {
    private static final int SIGPIPE = 13;

    public PipelineCapture {
        commands = List.copyOf(commands);
    }

    /** What the last one wrote. */
    public Output stdout() {
        return commands.getLast().stdout();
    }

    /**
     * Itself, or {@link CommandFailedException} of the first command that failed. One that was ended by SIGPIPE has not failed: the
     * one after it had enough, as in {@code yes | head -1}.
     */
    public PipelineCapture orThrow() {
        commands.stream()
                .limit(commands.size() - 1L)
                .filter(command -> command.exit().shellCode() != 128 + SIGPIPE)
                .forEach(Capture::orThrow);
        commands.getLast().orThrow();
        return this;
    }
}
