package dev.signalbox.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/** Apache Commons Exec, as its tutorial shows it. */
final class ExecCommons implements ExecSystem {

    @Override
    public String name() {
        return "commons-exec";
    }

    @Override
    public byte[] combined(List<String> command) throws IOException {
        var output = new ByteArrayOutputStream();
        executor(new PumpStreamHandler(output)).execute(line(command));
        return output.toByteArray();
    }

    @Override
    public byte[] separate(List<String> command) throws IOException {
        var output = new ByteArrayOutputStream();
        executor(new PumpStreamHandler(output, new ByteArrayOutputStream())).execute(line(command));
        return output.toByteArray();
    }

    private static DefaultExecutor executor(PumpStreamHandler streams) {
        DefaultExecutor executor = DefaultExecutor.builder().get();
        executor.setStreamHandler(streams);
        return executor;
    }

    private static CommandLine line(List<String> command) {
        CommandLine line = new CommandLine(command.getFirst());
        command.stream().skip(1).forEach(argument -> line.addArgument(argument, false));
        return line;
    }

    /** It knows no grace, and no end for those who ignore SIGTERM: then it waits. */
    @Override
    public void outlasting(List<String> command, Duration timeout, Duration grace) throws IOException {
        DefaultExecutor executor = executor(new PumpStreamHandler(new ByteArrayOutputStream()));
        // Whatever the exit code is, it is not why this ended.
        executor.setExitValues(null);
        ExecuteWatchdog watchdog = ExecuteWatchdog.builder().setTimeout(timeout).get();
        executor.setWatchdog(watchdog);
        executor.execute(line(command));
        if (!watchdog.killedProcess()) {
            throw new IllegalStateException("it ended by itself");
        }
    }
}
