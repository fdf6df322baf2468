package dev.signalbox.exec;

import dev.signalbox.exec.Backend.Outputs;
import dev.signalbox.exec.ExecListener.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands of which each reads what the one before writes, as with {@code |} in a shell: the bytes do not pass through this process.
 * Immutable; may be run any number of times, also at the same time.
 *
 * <p>Folder, environment, timeout, limits and error output are each command's own; the input is the first one's. If one runs into its
 * timeout or is cancelled, all are ended. One that exits by itself, with whatever code, ends nothing: the next finds the end of its
 * input.
 */
public final class Pipeline {
    private final List<Command> commands;

    private Pipeline(List<Command> commands) {
        this.commands = commands;
    }

    /**
     * In the order in which the bytes pass them.
     *
     * @throws IllegalArgumentException if there is none, one but the first has an input, or one but the last writes to a file
     */
    public static Pipeline of(Command... commands) {
        return of(List.of(commands));
    }

    /** The same from a list. */
    public static Pipeline of(List<Command> commands) {
        if (commands.isEmpty()) {
            throw new IllegalArgumentException("a pipeline needs a command");
        }
        commands.stream().skip(1).forEach(Pipeline::requireNoInput);
        commands.stream().limit(commands.size() - 1L).forEach(Pipeline::requireNoFile);
        return new Pipeline(List.copyOf(commands));
    }

    private static void requireNoInput(Command command) {
        if (!(command.input() instanceof Input.None)) {
            throw new IllegalArgumentException(command.program()
                    + " reads what the command before it writes; only the first of a pipeline may have an stdin(...)");
        }
    }

    private static void requireNoFile(Command command) {
        if (command.stdout().isPresent()) {
            throw new IllegalArgumentException(command.program()
                    + " writes to the command after it; only the last of a pipeline may have an stdout(...)");
        }
    }

    /** How long all of it may run: more than 0. Replaces the timeouts of its commands. */
    public Pipeline timeout(Duration timeout) {
        return new Pipeline(
                commands.stream().map(command -> command.timeout(timeout)).toList());
    }

    /**
     * Runs it and keeps what the last one writes, and the error output of each. Every exit code is a result: see
     * {@link PipelineCapture#orThrow()}. Throws as {@link Command#capture} does, once all processes of all commands are gone.
     */
    public PipelineCapture capture() throws InterruptedException {
        List<OutputBuffer> outputs = new ArrayList<>();
        List<OutputBuffer> errors = new ArrayList<>();
        List<Execution.Request> requests = new ArrayList<>();
        for (Command command : commands) {
            outputs.add(new OutputBuffer(command.maxOutput()));
            errors.add(new OutputBuffer(command.maxOutput()));
            requests.add(new Execution.Request(command, Outputs.SEPARATE, outputs.getLast(), errors.getLast()));
        }
        List<Execution> executions = Execution.start(requests);
        endTogether(executions);
        List<Run.Ended> ends = awaitAll(executions);
        List<Capture> captures = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            captures.add(capture(executions.get(i), ends.get(i), outputs.get(i), errors.get(i)));
        }
        return new PipelineCapture(captures);
    }

    private static Capture capture(Execution execution, Run.Ended ended, OutputBuffer output, OutputBuffer errors) {
        return execution.check(ended, output.output(), errors.output());
    }

    private static void endTogether(List<Execution> executions) {
        for (Execution execution : executions) {
            var _ = execution.run().ended().thenAccept(ended -> {
                if (ended.outcome() != Outcome.EXITED) {
                    executions.forEach(Execution::cancel);
                }
            });
        }
    }

    private static List<Run.Ended> awaitAll(List<Execution> executions) throws InterruptedException {
        List<Run.Ended> ends = new ArrayList<>();
        try {
            for (Execution execution : executions) {
                ends.add(execution.await());
            }
            return ends;
        } catch (InterruptedException e) {
            executions.forEach(Execution::cancel);
            executions.forEach(Execution::end);
            throw e;
        }
    }
}
