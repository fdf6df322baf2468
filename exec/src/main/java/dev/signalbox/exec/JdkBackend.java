package dev.signalbox.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts processes with {@link ProcessBuilder}, where there is nothing better. Thread-safe. */
final class JdkBackend implements Backend {
    private final String reason;

    /** @param reason why there is nothing better */
    JdkBackend(String reason) {
        this.reason = reason;
    }

    @Override
    public ExecSupport support() {
        return new ExecSupport(false, "ProcessBuilder, because " + reason);
    }

    @Override
    public List<Run> start(List<Launch> pipeline) {
        long began = System.nanoTime();
        List<Process> processes = startAll(pipeline);
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < processes.size(); i++) {
            runs.add(new JdkRun(pipeline.get(i), processes.get(i), began).begin());
        }
        return runs;
    }

    private static List<Process> startAll(List<Launch> pipeline) {
        var builders = pipeline.stream().map(JdkBackend::builder).toList();
        try {
            return builders.size() == 1 ? List.of(builders.getFirst().start()) : ProcessBuilder.startPipeline(builders);
        } catch (IOException e) {
            throw new ExecException(pipeline.getFirst().executable() + " was not started: " + e.getMessage(), e);
        }
    }

    private static ProcessBuilder builder(Launch launch) {
        Command command = launch.command();
        var words = new ArrayList<>(launch.words());
        words.set(0, launch.executable().toString());
        var builder = new ProcessBuilder(words);
        command.dir().ifPresent(dir -> builder.directory(dir.toFile()));
        environment(command, builder.environment());
        if (launch.outputs() == Outputs.INHERITED) {
            builder.inheritIO();
        }
        if (command.input() instanceof Input.File(Path file)) {
            builder.redirectInput(file.toFile());
        }
        command.stdout().ifPresent(redirect -> builder.redirectOutput(redirect(redirect)));
        command.stderr().ifPresent(redirect -> builder.redirectError(redirect(redirect)));
        builder.redirectErrorStream(launch.mergesErrors());
        return builder;
    }

    private static ProcessBuilder.Redirect redirect(Redirect redirect) {
        var file = redirect.file().toFile();
        return redirect.append() ? ProcessBuilder.Redirect.appendTo(file) : ProcessBuilder.Redirect.to(file);
    }

    private static void environment(Command command, Map<String, String> variables) {
        if (!command.inheritsEnvironment()) {
            variables.clear();
        }
        command.environment()
                .forEach((name, value) ->
                        value.ifPresentOrElse(v -> variables.put(name, v), () -> variables.remove(name)));
        String outer = System.getenv(Marker.NAME);
        if (outer != null) {
            variables.put(Marker.NAME, outer);
        }
    }
}
