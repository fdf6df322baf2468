package dev.signalbox.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How a command ends: by itself, by its timeout, an interrupt, a signal, or its caller. */
abstract class CommandEndContract extends CommandOutputContract {
    private static final int SIGUSR1 = 10;

    @Test
    void anEndByASignalIsTold() throws Exception {
        Exit exit = shell("kill -9 $$").capture().exit();

        assertThat(exit).isEqualTo(signalled(9));
        assertThat(exit.success()).isFalse();
        assertThat(exit.shellCode()).isEqualTo(137);
    }

    @Test
    void aTimeoutEndsTheCommandAndKeepsWhatItWrote() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("echo begun; exec sleep 60")
                        .timeout(Duration.ofSeconds(2))
                        .capture());

        assertThat(thrown).hasMessageStartingWith("sh did not end within 2.0 s");
        assertThat(thrown.partial().stdout().trimmed()).isEqualTo("begun");
        assertThat(thrown.partial().exit()).isEqualTo(signalled(15));
    }

    /** A child that was started while the signals went out may be left behind where there are no process groups, and holds the pipes. */
    @Test
    void aCommandCancelledAtOnceReturnsThoughAChildMayHoldItsOutput() throws Exception {
        Callable<Duration> cancelMany = () -> {
            Duration slowest = Duration.ZERO;
            for (int i = 0; i < 60; i++) {
                long began = System.nanoTime();
                try (RunningCommand running =
                        shell("sleep 15; true").grace(Duration.ofMillis(20)).start()) {
                    running.cancel();
                    assertThat(catchThrowable(running::await)).isInstanceOf(CommandCancelledException.class);
                }
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                slowest = took.compareTo(slowest) > 0 ? took : slowest;
            }
            return slowest;
        };
        Future<Duration> one = onThread(cancelMany);
        Future<Duration> other = onThread(cancelMany);

        assertThat(List.of(one.get(), other.get())).allMatch(slowest -> slowest.toSeconds() < 12);
    }

    @Test
    void aCommandThatIgnoresSigtermIsKilledAfterTheGrace() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("trap '' TERM; while :; do sleep 1; done")
                        .timeout(Duration.ofSeconds(2))
                        .grace(Duration.ofMillis(200))
                        .capture());

        assertThat(thrown.partial().exit()).isEqualTo(signalled(9));
    }

    @Test
    void aCommandThatHandlesSigtermMayCleanUp() {
        var thrown = catchThrowableOfType(
                CommandTimeoutException.class,
                () -> shell("trap 'echo cleaned; exit 5' TERM; sleep 60 & wait")
                        .timeout(Duration.ofSeconds(2))
                        .grace(Duration.ofSeconds(20))
                        .capture());

        assertThat(thrown.partial().exit()).isEqualTo(new Exit.Code(5));
        assertThat(thrown.partial().stdout().trimmed()).isEqualTo("cleaned");
        assertThat(thrown.partial().duration()).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void anInterruptEndsTheCommandBeforeItIsThrown() throws Exception {
        var running = new CountDownLatch(1);
        var pid = new AtomicLong();
        var thrown = new AtomicReference<Throwable>();
        Command command = command("sleep", "60").listener(new ExecListener() {
            @Override
            public void started(String program, long id) {
                pid.set(id);
                running.countDown();
            }
        });
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                command.capture();
            } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
            }
        });
        running.await();
        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(isAlive(Long.toString(pid.get()))).isFalse();
    }

    @Test
    void anInterruptedThreadStartsNothing() {
        Path trace = folder.resolve("trace");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> command("touch", trace.toString()).capture()).isInstanceOf(InterruptedException.class);
        assertThat(trace).doesNotExist();
    }

    @Test
    void aRunningCommandCanBeCancelled() throws Exception {
        try (RunningCommand running = command("sleep", "60").start()) {
            assertThat(running.isRunning()).isTrue();
            running.cancel();
            running.cancel();

            assertThatThrownBy(running::await)
                    .isInstanceOf(CommandCancelledException.class)
                    .hasMessage("sleep was cancelled");
            assertThat(running.isRunning()).isFalse();
        }
    }

    @Test
    void aRunningCommandGetsSignals() throws Exception {
        Path ready = folder.resolve("ready");
        String script = "trap 'echo got it; exit 6' USR1; touch " + ready + "; while :; do sleep 0.05; done";
        try (RunningCommand running = shell(script).start()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(ready));
            running.signal(SIGUSR1);
            Capture capture = running.await();

            assertThat(capture.exit()).isEqualTo(new Exit.Code(6));
            assertThat(capture.stdout().trimmed()).isEqualTo("got it");
            running.signal(SIGUSR1);
            assertThatThrownBy(() -> running.signal(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the signal is 0; it must be 1 to 64");
        }
    }

    @Test
    void aStreamGetsSignalsBetweenItsLines() throws Exception {
        String script = "trap 'echo got it; exit 6' USR1; echo ready; while :; do sleep 0.05; done";
        List<String> lines = new ArrayList<>();
        try (RunningStream running = shell(script).startStream()) {
            Exit exit = running.forEach((source, line) -> {
                if (source == Source.STDOUT) {
                    lines.add(line);
                }
                if (line.equals("ready")) {
                    running.signal(SIGUSR1);
                }
            });

            assertThat(exit).isEqualTo(new Exit.Code(6));
            assertThat(lines).containsExactly("ready", "got it");
            assertThat(ProcessHandle.of(running.pid()).filter(ProcessHandle::isAlive))
                    .isEmpty();
        }
    }

    @Test
    void closingAStreamEndsItsCommand() throws Exception {
        try (RunningStream running = command("sleep", "60").startStream()) {
            running.close();

            assertThatThrownBy(() -> running.forEach((source, line) -> {}))
                    .isInstanceOf(CommandCancelledException.class);
        }
    }

    @Test
    void aSignalMayEndACommand() throws Exception {
        try (RunningCommand running = command("sleep", "60").start()) {
            running.signal(15);

            assertThat(running.await().exit()).isEqualTo(signalled(15));
        }
    }

    @Test
    void listenersLearnOfStartsEndsAndFailures() throws Exception {
        List<String> events = new CopyOnWriteArrayList<>();
        var listener = new ExecListener() {
            @Override
            public void started(String program, long pid) {
                events.add("started " + program);
            }

            @Override
            public void ended(String program, Outcome outcome, Exit exit, Duration duration) {
                events.add(outcome + " " + exit);
                throw new IllegalStateException("a listener's fault is its own");
            }

            @Override
            public void failed(String program, ExecException failure) {
                events.add("failed " + program);
            }
        };

        command("true").listener(listener).capture();
        assertThatThrownBy(() -> command("no-such-program").listener(listener).capture())
                .isInstanceOf(ExecException.class);

        await().until(() -> events.size() == 3);
        assertThat(events).containsExactlyInAnyOrder("started true", "EXITED exit code 0", "failed no-such-program");
    }
}
