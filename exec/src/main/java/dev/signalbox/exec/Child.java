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
    private final List<Outlet> outlets;
    private final Optional<Inlet> inlet;
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();

    private State state = State.RUNNING;
    private Outcome outcome = Outcome.EXITED;
    private Optional<Exit> exit = Optional.empty();
    private Optional<Throwable> fault = Optional.empty();
    private Reactor.@Nullable Timer timer;

    Child(Reactor reactor, Backend.Launch launch, Identity identity, Pipes pipes) {
        this.reactor = reactor;
        this.command = launch.command();
        this.identity = identity;
        outlets = Stream.of(outlet(pipes.ourOut, launch.out()), outlet(pipes.ourErr, launch.err()))
                .flatMap(Optional::stream)
                .toList();
        inlet = pipes.ourIn == Pipes.NONE
                ? Optional.empty()
                : Optional.of(new Inlet(reactor, pipes.ourIn, command.input(), this::inputFailed));
    }

    private Optional<Outlet> outlet(int fd, Sink sink) {
        return fd == Pipes.NONE ? Optional.empty() : Optional.of(new Outlet(reactor, fd, sink, this::outputClosed));
    }

    void begin() {
        reactor.living().add(this);
        if (inlet.isPresent() || command.timeout().isPresent()) {
            reactor.execute(this::open);
        }
        // From here on, on the caller's thread: waking the reactor just for this would cost a switch of threads a
        // command.
        outlets.forEach(Outlet::open);
        reactor.watch(identity.pidfd, Epoll.IN, this::firstEnded);
    }

    private void open() {
        if (state != State.DONE) {
            inlet.ifPresent(Inlet::open);
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
            outlets.forEach(Outlet::drain);
            outputClosed();
            if (state == State.LEFT) {
                stopTimer();
                timer = reactor.after(patience(), this::finish);
            }
        }
    }

    /** How long others may keep the outputs: the grace, but not beyond the timeout. */
    private long patience() {
        long used = System.nanoTime() - identity.began;
        long left = command.timeout().map(timeout -> timeout.toNanos() - used).orElse(Long.MAX_VALUE);
        return Math.clamp(left, 0, command.grace().toNanos());
    }

    private void outputClosed() {
        if (state == State.LEFT && outlets.stream().noneMatch(Outlet::isOpen)) {
            finish();
        }
    }

    private void inputFailed(Throwable failure) {
        fault = Optional.of(failure);
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
                    .end(new Terminator.Ticket(
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
        outlets.forEach(Outlet::drain);
        outlets.forEach(Outlet::close);
        inlet.ifPresent(Inlet::close);
        reactor.unwatch(identity.pidfd);
        Libc.close(identity.pidfd);
        var duration = Duration.ofNanos(System.nanoTime() - identity.began);
        ended.complete(new Ended(outcome, reap(), duration, fault));
    }

    private Exit reap() {
        exit = exit.or(() -> Libc.peek(identity.pid));
        if (exit.isPresent()) {
            Libc.reap(identity.pid);
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
            if (state != State.DONE) {
                Libc.kill(-identity.pid, number);
            }
        });
    }

    @Override
    public CompletableFuture<Ended> ended() {
        return ended;
    }
}
