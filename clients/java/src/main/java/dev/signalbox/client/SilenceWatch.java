package dev.signalbox.client;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Leaves a connection whose server says nothing any more: a server that is gone does not say that. For the client's loop. */
final class SilenceWatch {
    private final Loop loop;
    private final LongSupplier nanos;
    private @Nullable ScheduledFuture<?> timer;
    private long heardAt;
    /** Nothing is read, since the listener has enough to do. */
    private boolean paused;

    SilenceWatch(Loop loop, LongSupplier nanos) {
        this.loop = loop;
        this.nanos = nanos;
    }

    /** The connection is open, and the server has not said yet how often it pings. */
    void awaitWelcome(Connection opened, Duration timeout) {
        stop();
        paused = false;
        timer = loop.later(timeout, () -> opened.leave(CloseCodes.SILENT, "the server sent no welcome in time"));
    }

    /** A server pings at least once within its idle timeout: one that says nothing for longer is gone. */
    void begin(Connection welcomed, long idleMillis) {
        Duration half = Duration.ofMillis(Math.max(idleMillis / 2, 1));
        stop();
        timer = loop.every(
                half, () -> leaveIfSilent(welcomed, half.multipliedBy(3).toNanos()));
    }

    private void leaveIfSilent(Connection welcomed, long silence) {
        if (nanos.getAsLong() - heardAt > silence && !paused) {
            welcomed.leave(CloseCodes.SILENT, "nothing was heard from the server");
        }
    }

    void heard() {
        heardAt = nanos.getAsLong();
    }

    /** Nothing is read until {@link #resume}, so nothing is heard. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        heard();
    }

    void stop() {
        Loop.cancel(timer);
    }
}
