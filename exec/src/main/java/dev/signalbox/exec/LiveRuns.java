package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs under way, so that none outlives an orderly end of the JVM. Thread-safe. */
final class LiveRuns {
    /** How long runs may take at shutdown. Service managers kill a JVM some time after they have told it to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration LAST = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(LiveRuns.class);
    private static final Set<Run> RUNS = ConcurrentHashMap.newKeySet();

    static {
        try {
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("exec-shutdown").unstarted(LiveRuns::endAll));
        } catch (IllegalStateException e) {
            // The first command of all is run by another shutdown hook: that one has to wait for it.
            LOG.debug("a command runs while the JVM shuts down", e);
        }
    }

    private LiveRuns() {}

    static void add(Run run) {
        RUNS.add(run);
        var _ = run.ended().whenComplete((_, _) -> RUNS.remove(run));
    }

    private static void endAll() {
        RUNS.forEach(run -> run.end(Outcome.CANCELLED));
        await(PATIENCE);
        RUNS.forEach(run -> run.signal(Libc.SIGKILL));
        await(LAST);
    }

    private static void await(Duration most) {
        CompletableFuture.allOf(RUNS.stream().map(Run::ended).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
