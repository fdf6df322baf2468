package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a command, from its start to what the caller gets. */
final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    /** What to start. */
    record Request(Command command, Backend.Outputs outputs, Sink out, Sink err) {}

    private final Command command;
    private final Run run;

    private Execution(Command command, Run run) {
        this.command = command;
        this.run = run;
    }

    static Execution start(Request request) throws InterruptedException {
        return start(List.of(request)).getFirst();
    }

    /** Starts a pipeline. If one cannot be started, its listener learns of that, and nothing of the pipeline is left. */
    static List<Execution> start(List<Request> pipeline) throws InterruptedException {
        Command first = pipeline.getFirst().command;
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before " + first.program() + " was started");
        }
        List<Backend.Launch> launches = new ArrayList<>();
        for (Request request : pipeline) {
            launches.add(reporting(request.command, () -> launch(request)));
        }
        List<Run> runs = reporting(first, () -> first.backend().start(launches));
        List<Execution> executions = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            executions.add(started(pipeline.get(i).command, runs.get(i)));
        }
        return executions;
    }

    private static Execution started(Command command, Run run) {
        LiveRuns.add(run);
        notify(command, listener -> listener.started(command.program(), run.pid()));
        var _ = run.ended().thenAccept(ended -> notifyEnded(command, ended));
        return new Execution(command, run);
    }

    private static <T> T reporting(Command command, Supplier<T> step) {
        try {
            return step.get();
        } catch (ExecException e) {
            notify(command, listener -> listener.failed(command.program(), e));
            throw e;
        }
    }

    private static Backend.Launch launch(Request request) {
        Command command = request.command;
        Path executable = Executables.resolve(command);
        Redirect.check(command);
        List<String> words = command.words();
        if (!command.limits().isEmpty()) {
            words = new ArrayList<>(ResourceLimit.prefix(command.program(), command.limits()));
            words.add(executable.toString());
            words.addAll(command.words().subList(1, command.words().size()));
            executable = Path.of(words.getFirst());
        }
        return new Backend.Launch(command, executable, words, request.outputs, request.out, request.err);
    }

    private static void notifyEnded(Command command, Run.Ended ended) {
        notify(command, listener -> listener.ended(command.program(), ended.outcome(), ended.exit(), ended.duration()));
    }

    private static void notify(Command command, Consumer<ExecListener> call) {
        try {
            call.accept(command.listener());
        } catch (RuntimeException | Error e) {
            LOG.warn("a listener of commands failed", e);
        }
    }

    Run run() {
        return run;
    }

    Run.Ended await() throws InterruptedException {
        try {
            return run.ended().get();
        } catch (InterruptedException e) {
            end();
            throw e;
        } catch (ExecutionException e) {
            throw new ExecException(command.program() + " could not be watched", e.getCause());
        }
    }

    /** Whether it ended in this time. */
    boolean await(Duration time) throws InterruptedException {
        try {
            run.ended().get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            end();
            throw e;
        } catch (ExecutionException e) {
            return true;
        }
    }

    void signal(int number) {
        if (number < 1 || number > 64) {
            throw new IllegalArgumentException("the signal is " + number + "; it must be 1 to 64");
        }
        run.signal(number);
    }

    void cancel() {
        run.end(Outcome.CANCELLED);
    }

    /** Ends it and waits for that, however often the thread is interrupted: afterwards all of it is gone. */
    void end() {
        cancel();
        run.ended().join();
    }

    Capture check(Run.Ended ended, Output out, Output err) {
        var capture = new Capture(command.program(), ended.exit(), out, err, ended.duration());
        ended.fault().ifPresent(fault -> {
            throw new ExecException(String.valueOf(fault.getMessage()), fault.getCause());
        });
        return switch (ended.outcome()) {
            case EXITED -> capture;
            case TIMED_OUT ->
                throw new CommandTimeoutException(command.timeout().orElseThrow(), capture);
            case CANCELLED -> throw new CommandCancelledException(capture);
        };
    }
}
