package dev.signalbox.exec;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What can be set of a {@link Command}. Changed only while a copy is made. */
final class CommandOptions {
    Optional<Path> dir = Optional.empty();
    boolean inheritsEnvironment = true;
    Map<String, Optional<String>> environment = Map.of();
    Input input = new Input.None();
    Optional<Redirect> stdout = Optional.empty();
    Optional<Redirect> stderr = Optional.empty();
    Map<ResourceLimit, Long> limits = Map.of();
    Optional<Duration> timeout = Optional.empty();
    Duration grace = Duration.ofSeconds(2);
    int maxOutput = 16 << 20;
    boolean keepsBackground;
    ExecListener listener = ExecListener.NONE;
    Optional<Backend> backend = Optional.empty();

    CommandOptions() {}

    CommandOptions(CommandOptions other) {
        dir = other.dir;
        inheritsEnvironment = other.inheritsEnvironment;
        environment = other.environment;
        input = other.input;
        stdout = other.stdout;
        stderr = other.stderr;
        limits = other.limits;
        timeout = other.timeout;
        grace = other.grace;
        maxOutput = other.maxOutput;
        keepsBackground = other.keepsBackground;
        listener = other.listener;
        backend = other.backend;
    }
}
