package dev.signalbox.benchmarks;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.zeroturnaround.exec.ProcessExecutor;

/** zt-exec, as its guide shows it. */
final class ExecZt implements ExecSystem {

    @Override
    public String name() {
        return "zt-exec";
    }

    @Override
    public byte[] combined(List<String> command) throws Exception {
        return new ProcessExecutor()
                .command(command)
                .exitValueNormal()
                .readOutput(true)
                .execute()
                .getOutput()
                .getBytes();
    }

    @Override
    public byte[] separate(List<String> command) throws Exception {
        return new ProcessExecutor()
                .command(command)
                .exitValueNormal()
                .redirectError(new ByteArrayOutputStream())
                .readOutput(true)
                .execute()
                .getOutput()
                .getBytes();
    }

    /** It knows no grace. */
    @Override
    public void outlasting(List<String> command, Duration timeout, Duration grace) throws Exception {
        try {
            new ProcessExecutor()
                    .command(command)
                    .readOutput(true)
                    .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .execute();
        } catch (TimeoutException expected) {
            return;
        }
        throw new IllegalStateException("it ended by itself");
    }
}
