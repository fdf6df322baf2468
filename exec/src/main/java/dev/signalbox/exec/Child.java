package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process that {@link SpawnBackend} started. All but {@link #begin} and {@link Run}'s methods run on the
 * reactor's thread.
 *
 * <p>Its first process stays a zombie until the very end. Until then neither its id nor that of its group can be given to another, so a
 * signal to the group cannot hit a stranger.
 */
final class Child implements Run {
    private static final Logger LOG = LoggerFactory.getLogger(Child.class);

    /** @param began when, as {@link System#nanoTime} has it */
    record Identity(int pid, int pidfd, String marker, long began) {}

    private enum State {
        RUNNING,
        /** The first process has ended by itself, others keep its outputs open. */
        LEFT,
        /** The terminator is at it. */
        ENDING,
        DONE
    }

    private final Reactor reactor;
    private final Command command;
    private final Identity identity;
    private final List<OutputReader> outputs;
    private final Optional<StdinWriter> stdin;
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();

    private State state = State.RUNNING;
    private Outcome outcome = Outcome.EXITED;
    private Optional<Exit> exit = Optional.empty();
    private Optional<ExecException> fault = Optional.empty();
    private Reactor.@Nullable Timer timer;

    Child(Reactor reactor, Backend.Launch launch, Identity identity, Pipes pipes) {
        this.reactor = reactor;
        this.command = launch.command();
        this.identity = identity;
        outputs = Stream.of(output(pipes.ourOut, launch.out()), output(pipes.ourErr, launch.err()))
                .flatMap(Optional::stream)
                .toList();
        stdin = pipes.ourIn == Pipes.NONE
                ? Optional.empty()
                : Optional.of(new StdinWriter(
                        reactor,
                        pipes.ourIn,
                        command.input(),
                        e -> fail("the input of " + command.program() + " could not be read", e)));
    }

    private Optional<OutputReader> output(int fd, Sink sink) {
        return fd == Pipes.NONE
                ? Optional.empty()
                : Optional.of(new OutputReader(reactor, fd, sink, this::outputClosed, this::outputFailed));
    }

    void begin() {
        // On the caller's thread: waking the reactor just for this would cost a switch of threads a command.
        outputs.forEach(OutputReader::open);
        reactor.watch(
                identity.pidfd, Epoll.IN, this::firstEnded, e -> fail(command.program() + " could not be watched", e));
        // Last: input that fails at once, or a short timeout, ends the command and closes what is watched above.
        if (stdin.isPresent() || command.timeout().isPresent()) {
            reactor.execute(this::open);
        }
    }

    private void open() {
        if (state != State.DONE) {
            stdin.ifPresent(StdinWriter::open);
        }
        if (state == State.RUNNING) {
            command.timeout().ifPresent(timeout -> {
                long left = timeout.toNanos() - (System.nanoTime() - identity.began);
                timer = reactor.after(left, () -> terminate(Outcome.TIMED_OUT));
            });
        }
    }

    private void firstEnded() {
        exit = Libc.peek(identity.pid);
        if (exit.isEmpty()) {
            return;
        }
        reactor.unwatch(identity.pidfd);
        if (state == State.RUNNING) {
            state = State.LEFT;
            outputs.forEach(OutputReader::drain);
            outputClosed();
            if (state == State.LEFT) {
                stopTimer();
                timer = reactor.after(patience(), this::finish);
            }
        }
    }

    private boolean isLost() {
        return exit.filter(Exit.Unknown.class::isInstance).isPresent();
    }

    /** How long others may keep the outputs: the grace, but not beyond the timeout. */
    private long patience() {
        if (isLost()) {
            // Nothing keeps the group's id for it any more: what is to be sent to the group is sent now.
            return 0;
        }
        long used = System.nanoTime() - identity.began;
        long left = command.timeout().map(timeout -> timeout.toNanos() - used).orElse(Long.MAX_VALUE);
        return Math.clamp(left, 0, command.grace().toNanos());
    }

    private void outputClosed() {
        if (state == State.LEFT && outputs.stream().noneMatch(OutputReader::isOpen)) {
            finish();
        }
    }

    private void outputFailed(Throwable failure) {
        fail("the output of " + command.program() + " could not be kept", failure);
    }

    private void fail(String what, Throwable failure) {
        fault = fault.or(() -> Optional.of(new ExecException(what, failure)));
        outputs.forEach(OutputReader::close);
        terminate(Outcome.CANCELLED);
    }

    private void terminate(Outcome why) {
        if (state == State.LEFT) {
            finish();
        } else if (state == State.RUNNING) {
            state = State.ENDING;
            outcome = why;
            stopTimer();
            reactor.terminator()
                    .end(new Terminator.Termination(
                            identity.pid, identity.marker, command.grace(), () -> reactor.execute(this::finish)));
        }
    }

    private void stopTimer() {
        if (timer != null) {
            reactor.cancel(timer);
            timer = null;
        }
    }

    private void finish() {
        if (state == State.DONE) {
            return;
        }
        if (state == State.LEFT && !command.keepsBackground()) {
            Libc.kill(-identity.pid, Libc.SIGKILL);
        }
        state = State.DONE;
        stopTimer();
        outputs.forEach(OutputReader::drain);
        outputs.forEach(OutputReader::close);
        stdin.ifPresent(StdinWriter::close);
        reactor.unwatch(identity.pidfd);
        Libc.close(identity.pidfd);
        var duration = Duration.ofNanos(System.nanoTime() - identity.began);
        ended.complete(new Ended(outcome, reap(), duration, fault));
    }

    private Exit reap() {
        exit = exit.or(() -> Libc.peek(identity.pid));
        if (exit.isPresent()) {
            if (isLost()) {
                LOG.warn("process {} of {} ended with {}", identity.pid, command.program(), exit.get());
            } else {
                Libc.reap(identity.pid);
            }
            return exit.get();
        }
        LOG.error(
                "process {} of {} does not end although it was killed; the kernel holds it, look at its I/O",
                identity.pid,
                command.program());
        reactor.reapLater(identity.pid);
        return new Exit.Signal(Libc.SIGKILL);
    }

    @Override
    public long pid() {
        return identity.pid;
    }

    @Override
    public void end(Outcome why) {
        reactor.execute(() -> terminate(why));
    }

    @Override
    public void signal(int number) {
        reactor.execute(() -> {
            if (state != State.DONE && Libc.isOurs(identity.pid)) {
                Libc.kill(-identity.pid, number);
            }
        });
    }

    @Override
    public CompletableFuture<Ended> ended() {
        return ended;
    }
}
