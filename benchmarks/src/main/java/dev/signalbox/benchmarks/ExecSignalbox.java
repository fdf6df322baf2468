package dev.signalbox.benchmarks;

import dev.signalbox.exec.Command;
import dev.signalbox.exec.CommandTimeoutException;
import java.time.Duration;
import java.util.List;

/** Ours. */
final class ExecSignalbox implements ExecSystem {
    private static final int EVERYTHING = 1 << 30;

    @Override
    public String name() {
        return "signalbox";
    }

    @Override
    public byte[] combined(List<String> command) throws InterruptedException {
        return Command.of(command)
                .maxOutput(EVERYTHING)
                .captureCombined()
                .orThrow()
                .stdout()
                .bytes();
    }

    @Override
    public byte[] separate(List<String> command) throws InterruptedException {
        return Command.of(command)
                .maxOutput(EVERYTHING)
                .capture()
                .orThrow()
                .stdout()
                .bytes();
    }

    @Override
    public void outlasting(List<String> command, Duration timeout, Duration grace) throws InterruptedException {
        Command limited = Command.of(command).timeout(timeout).grace(grace);
        try {
            limited.captureCombined();
        } catch (CommandTimeoutException expected) {
            return;
        }
        throw new IllegalStateException("it ended by itself");
    }
}
