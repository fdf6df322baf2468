package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The children under way, so that none outlives an orderly end of the JVM. Thread-safe. */
final class Living {
    /** A JVM that is told to end is itself killed after some time, by most who tell it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration LAST = Duration.ofSeconds(1);

    private final Set<Child> children = ConcurrentHashMap.newKeySet();

    void add(Child child) {
        children.add(child);
        var _ = child.ended().whenComplete((_, _) -> children.remove(child));
    }

    void endAtShutdown() {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("exec-shutdown").unstarted(this::endAll));
    }

    private void endAll() {
        children.forEach(child -> child.end(Outcome.CANCELLED));
        await(PATIENCE);
        children.forEach(child -> child.signal(Libc.SIGKILL));
        await(LAST);
    }

    private void await(Duration most) {
        CompletableFuture.allOf(children.stream().map(Child::ended).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, most.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
