package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The JDK's, used with care: descendants are ended, too, and the second stream is read by a virtual thread. */
final class ExecProcessBuilder implements ExecSystem {

    @Override
    public String name() {
        return "processbuilder";
    }

    @Override
    public byte[] combined(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        requireSuccess(process.waitFor());
        return output;
    }

    @Override
    public byte[] separate(List<String> command) throws IOException, InterruptedException, ExecutionException {
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        CompletableFuture<byte[]> errors = reading(process.getErrorStream());
        byte[] output = process.getInputStream().readAllBytes();
        errors.get();
        requireSuccess(process.waitFor());
        return output;
    }

    private static CompletableFuture<byte[]> reading(InputStream stream) {
        var all = new CompletableFuture<byte[]>();
        Thread.startVirtualThread(() -> {
            try {
                all.complete(stream.readAllBytes());
            } catch (IOException e) {
                all.completeExceptionally(new UncheckedIOException(e));
            }
        });
        return all;
    }

    private static void requireSuccess(int code) {
        if (code != 0) {
            throw new IllegalStateException("exit code " + code);
        }
    }

    @Override
    public void outlasting(List<String> command, Duration timeout, Duration grace) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        CompletableFuture<byte[]> output = reading(process.getInputStream());
        if (process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("it ended by itself with " + process.exitValue());
        }
        List<ProcessHandle> descendants = process.descendants().toList();
        descendants.forEach(ProcessHandle::destroy);
        // Process.destroy() would close the output that is being read.
        process.toHandle().destroy();
        if (!process.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS)) {
            descendants.forEach(ProcessHandle::destroyForcibly);
            process.toHandle().destroyForcibly();
            process.waitFor();
        }
        output.get();
    }
}
