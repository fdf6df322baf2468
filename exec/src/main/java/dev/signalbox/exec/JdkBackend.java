package dev.signalbox.exec;

import java.io.IOException;
import java.util.ArrayList;
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
        return new ExecSupport(false, reason);
    }

    @Override
    public Run start(Launch launch) {
        long began = System.nanoTime();
        var words = new ArrayList<>(launch.command().words());
        words.set(0, launch.executable().toString());
        var builder = new ProcessBuilder(words);
        launch.command().dir().ifPresent(dir -> builder.directory(dir.toFile()));
        environment(launch.command(), builder.environment());
        builder.redirectErrorStream(launch.outputs() == Outputs.COMBINED);
        if (launch.outputs() == Outputs.INHERITED) {
            builder.inheritIO();
        }
        try {
            return new JdkRun(launch, builder.start(), began).begin();
        } catch (IOException e) {
            throw new ExecException(launch.executable() + " was not started: " + e.getMessage(), e);
        }
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
