package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A process of the JDK's, with a virtual thread for each of its pipes and one that watches over it. A pipe that a process left behind
 * keeps open costs its thread until that ends.
 */
final class JdkRun implements Run {
    private static final int BUFFER = 64 * 1024;

    private final Backend.Launch launch;
    private final Process process;
    private final long began;
    private final CompletableFuture<Outcome> endRequest = new CompletableFuture<>();
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    /** Not {@link Process#onExit}: that may wait for a reader of a pipe that a process left behind keeps open, as its lock is the pipe's. */
    private final CompletableFuture<@Nullable Void> exited = new CompletableFuture<>();

    private final AtomicReference<@Nullable ExecException> fault = new AtomicReference<>();
    private final List<Thread> readers = new ArrayList<>();

    JdkRun(Backend.Launch launch, Process process, long began) {
        this.launch = launch;
        this.process = process;
        this.began = began;
    }

    JdkRun begin() {
        if (launch.outputs() != Backend.Outputs.INHERITED) {
            readers.add(Thread.startVirtualThread(() -> read(process.getInputStream(), launch.out())));
            if (launch.outputs() == Backend.Outputs.SEPARATE) {
                readers.add(Thread.startVirtualThread(() -> read(process.getErrorStream(), launch.err())));
            }
            Thread.startVirtualThread(this::write);
        }
        Thread.startVirtualThread(this::awaitExit);
        Thread.startVirtualThread(this::watch);
        return this;
    }

    private void awaitExit() {
        try {
            process.waitFor();
            exited.complete(null);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void read(InputStream from, Sink to) {
        var pause = new Semaphore(0);
        to.onResume(pause::release);
        byte[] buffer = new byte[BUFFER];
        try (from) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                pause.drainPermits();
                if (!to.take(ByteBuffer.wrap(buffer, 0, count))) {
                    pause.acquire();
                }
            }
        } catch (IOException | InterruptedException e) {
            // The process was ended, and with it the pipe.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            fail("the output of " + launch.command().program() + " could not be kept", e);
            end(Outcome.CANCELLED);
        }
    }

    private void fail(String what, Throwable failure) {
        fault.compareAndSet(null, new ExecException(what, failure));
    }

    private void write() {
        try (OutputStream to = process.getOutputStream()) {
            switch (launch.command().input()) {
                case Input.None(), Input.File _ -> to.flush();
                case Input.Bytes(byte[] bytes) -> to.write(bytes);
                case Input.Stream(InputStream stream) -> copy(stream, to);
            }
        } catch (IOException e) {
            // The process has closed its input, which is its right.
            endIfInputFailed();
        }
    }

    private void copy(InputStream stream, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = read(stream, buffer); count >= 0; count = read(stream, buffer)) {
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    private int read(InputStream stream, byte[] buffer) throws IOException {
        try {
            return stream.read(buffer);
        } catch (IOException | RuntimeException | Error e) {
            fail("the input of " + launch.command().program() + " could not be read", e);
            throw new IOException(e);
        }
    }

    private void endIfInputFailed() {
        if (fault.get() != null) {
            end(Outcome.CANCELLED);
        }
    }

    private void watch() {
        Outcome outcome = CompletableFuture.anyOf(exited, endRequest)
                .thenApply(first -> endRequest.getNow(Outcome.EXITED))
                .completeOnTimeout(Outcome.TIMED_OUT, left(), TimeUnit.NANOSECONDS)
                .join();
        if (outcome != Outcome.EXITED) {
            terminate();
        }
        exited.join();
        joinReaders();
        var exit = new Exit.Code(process.exitValue());
        var duration = Duration.ofNanos(System.nanoTime() - began);
        ended.complete(new Ended(outcome, exit, duration, Optional.ofNullable(fault.get())));
    }

    private long left() {
        return launch.command()
                .timeout()
                .map(timeout -> timeout.toNanos() - (System.nanoTime() - began))
                .orElse(Long.MAX_VALUE);
    }

    private void terminate() {
        List<ProcessHandle> descendants = process.descendants().toList();
        Set<ProcessHandle> all = new LinkedHashSet<>();
        // The first one first: it may want to end the others in its own way.
        all.add(process.toHandle());
        all.addAll(descendants);
        all.forEach(ProcessHandle::destroy);
        var ends = Stream.concat(Stream.of(exited), descendants.stream().map(ProcessHandle::onExit));
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, launch.command().grace().toNanos(), TimeUnit.NANOSECONDS)
                .join();
        all.stream().toList().forEach(handle -> handle.descendants().forEach(all::add));
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private void joinReaders() {
        long deadline = System.nanoTime() + launch.command().grace().toNanos();
        for (Thread reader : readers) {
            try {
                reader.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
        }
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void end(Outcome why) {
        endRequest.complete(why);
    }

    @Override
    public void signal(int number) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        switch (number) {
            case Libc.SIGTERM -> all.forEach(ProcessHandle::destroy);
            case Libc.SIGKILL -> all.forEach(ProcessHandle::destroyForcibly);
            default -> kill(number, all);
        }
    }

    /** The JDK sends no other signals; the program {@code kill} does. */
    private static void kill(int number, List<ProcessHandle> all) {
        Path kill = Executables.find("kill")
                .orElseThrow(() -> new UnsupportedOperationException("signal " + number
                        + " cannot be sent: it takes the program kill, which is not in the PATH; TERM and KILL can"));
        List<String> words = new ArrayList<>(List.of(kill.toString(), "-" + number));
        all.forEach(handle -> words.add(Long.toString(handle.pid())));
        try {
            new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UnsupportedOperationException("signal " + number + " cannot be sent: " + e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<Ended> ended() {
        return ended;
    }
}
