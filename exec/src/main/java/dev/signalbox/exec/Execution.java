package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a command, from its start to what the caller gets. */
final class Execution {
    private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

    private final Command command;
    private final Run run;

    private Execution(Command command, Run run) {
        this.command = command;
        this.run = run;
    }

    static Execution start(Command command, Backend.Outputs outputs, Sink out, Sink err) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before " + command.program() + " was started");
        }
        try {
            var executable = Executables.resolve(command);
            Run run = command.backend().start(new Backend.Launch(command, executable, outputs, out, err));
            tell(command, listener -> listener.started(command.program(), run.pid()));
            var _ = run.ended().thenAccept(ended -> told(command, ended));
            return new Execution(command, run);
        } catch (ExecException e) {
            tell(command, listener -> listener.failed(command.program(), e));
            throw e;
        }
    }

    private static void told(Command command, Run.Ended ended) {
        tell(command, listener -> listener.ended(command.program(), ended.outcome(), ended.exit(), ended.duration()));
    }

    private static void tell(Command command, Consumer<ExecListener> what) {
        try {
            what.accept(command.listener());
        } catch (RuntimeException e) {
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

    /** Ends it and waits for that, however often the thread is interrupted: afterwards all of it is gone. */
    void end() {
        run.end(Outcome.CANCELLED);
        run.ended().join();
    }

    Capture check(Run.Ended ended, Output out, Output err) {
        var capture = new Capture(command.program(), ended.exit(), out, err, ended.duration());
        ended.fault().ifPresent(fault -> {
            throw new ExecException("the input of " + command.program() + " could not be read", fault);
        });
        return switch (ended.outcome()) {
            case EXITED -> capture;
            case TIMED_OUT ->
                throw new CommandTimeoutException(command.timeout().orElseThrow(), capture);
            case CANCELLED -> throw new CommandCancelledException(capture);
        };
    }
}
