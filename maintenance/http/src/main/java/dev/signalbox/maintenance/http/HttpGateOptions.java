package dev.signalbox.maintenance.http;

import java.time.Duration;
import java.util.Set;

/**
 * How one HTTP server takes part. Immutable.
 *
 * @param name of the participant; unique in its maintenance
 * @param deadline how long the requests inside may take to end, once it drains
 * @param skipPaths paths that are served all the time and not waited for, such as those of health checks; each is compared as a
 *     whole
 */
public record HttpGateOptions(String name, Duration deadline, Set<String> skipPaths) {
    public HttpGateOptions {
        skipPaths = Set.copyOf(skipPaths);
    }

    /** The name {@code http}, 30 s, no path skipped. */
    public static HttpGateOptions defaults() {
        return new HttpGateOptions("http", Duration.ofSeconds(30), Set.of());
    }

    public HttpGateOptions withName(String changed) {
        return new HttpGateOptions(changed, deadline, skipPaths);
    }

    public HttpGateOptions withDeadline(Duration changed) {
        return new HttpGateOptions(name, changed, skipPaths);
    }

    public HttpGateOptions withSkipPaths(String... changed) {
        return new HttpGateOptions(name, deadline, Set.of(changed));
    }
}
