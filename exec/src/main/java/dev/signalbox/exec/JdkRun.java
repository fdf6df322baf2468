package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
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

/**
 * A process of the JDK's, with a virtual thread for each of its pipes and one that watches over it. A pipe that a process left behind
 * keeps open costs its thread until that ends.
 */
final class JdkRun implements Run {
    private static final int BUFFER = 64 * 1024;

    private final Backend.Launch launch;
    private final Process process;
    private final long began;
    private final CompletableFuture<Outcome> wish = new CompletableFuture<>();
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();
    private final AtomicReference<Optional<Throwable>> fault = new AtomicReference<>(Optional.empty());
    private final List<Thread> readers = new ArrayList<>();

    JdkRun(Backend.Launch launch, Process process, long began) {
        this.launch = launch;
        this.process = process;
        this.began = began;
    }

    JdkRun begin() {
        if (launch.outputs() != Backend.Outputs.INHERITED) {
            readers.add(Thread.startVirtualThread(new Reader(process.getInputStream(), launch.out())));
            if (launch.outputs() == Backend.Outputs.SEPARATE) {
                readers.add(Thread.startVirtualThread(new Reader(process.getErrorStream(), launch.err())));
            }
            Thread.startVirtualThread(this::write);
        }
        Thread.startVirtualThread(this::watch);
        return this;
    }

    private record Reader(InputStream from, Sink to) implements Runnable {
        @Override
        public void run() {
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
            }
        }
    }

    private void write() {
        try (OutputStream to = process.getOutputStream()) {
            switch (launch.command().input()) {
                case Input.None() -> to.flush();
                case Input.Bytes(byte[] bytes) -> to.write(bytes);
                case Input.Stream(InputStream stream) -> copy(stream, to);
            }
        } catch (IOException e) {
            // The process has closed its input, which is its right.
            wishIfInputFailed();
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
        } catch (IOException | RuntimeException e) {
            fault.set(Optional.of(e));
            throw new IOException(e);
        }
    }

    private void wishIfInputFailed() {
        if (fault.get().isPresent()) {
            end(Outcome.CANCELLED);
        }
    }

    private void watch() {
        Outcome outcome = CompletableFuture.anyOf(process.onExit(), wish)
                .thenApply(first -> wish.getNow(Outcome.EXITED))
                .completeOnTimeout(Outcome.TIMED_OUT, left(), TimeUnit.NANOSECONDS)
                .join();
        if (outcome != Outcome.EXITED) {
            terminate();
        }
        process.onExit().join();
        joinReaders();
        var exit = new Exit.Code(process.exitValue());
        ended.complete(new Ended(outcome, exit, Duration.ofNanos(System.nanoTime() - began), fault.get()));
    }

    private long left() {
        return launch.command()
                .timeout()
                .map(timeout -> timeout.toNanos() - (System.nanoTime() - began))
                .orElse(Long.MAX_VALUE);
    }

    private void terminate() {
        Set<ProcessHandle> all = new LinkedHashSet<>();
        // The first one first: it may want to end the others in its own way.
        all.add(process.toHandle());
        all.addAll(process.descendants().toList());
        all.forEach(ProcessHandle::destroy);
        CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
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
        wish.complete(why);
    }

    @Override
    public void signal(int number) {
        process.destroy();
    }

    @Override
    public CompletableFuture<Ended> ended() {
        return ended;
    }
}
