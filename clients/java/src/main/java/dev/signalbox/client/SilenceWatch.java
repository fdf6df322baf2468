package dev.signalbox.client;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a connection whose server says nothing any more, and pings while it is silent: a server that is gone does not always say that.
 * For the client's loop.
 */
final class SilenceWatch {
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** In the idle timeout. A server that is silent has to be pinged twice to show that it is gone. */
    private static final int PINGS = 6;

    private final Loop loop;
    private final LongSupplier nanos;
    private @Nullable ScheduledFuture<?> timer;
    private long heardAt;
    /** Since the last look. */
    private boolean heard;
    /** Whether the server has shown since its last frame that it is there. */
    private boolean ponged;

    private int silentLooks;
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

    /** A server pings at least once within its idle timeout: one that says nothing for half as long again is gone. */
    void begin(Connection welcomed, long idleMillis) {
        Duration pause = Duration.ofMillis(Math.max(idleMillis / PINGS, 1));
        Duration look = LOOK.compareTo(pause) < 0 ? LOOK : pause;
        long looks = pause.dividedBy(look);
        long silence = Duration.ofMillis(idleMillis * 3 / 2).toNanos();
        stop();
        timer = loop.every(look, () -> look(welcomed, looks, silence));
    }

    private void look(Connection welcomed, long looksPerPing, long silence) {
        silentLooks = heard ? 0 : silentLooks + 1;
        if (nanos.getAsLong() - heardAt > silence && !paused) {
            welcomed.leave(CloseCodes.SILENT, "nothing was heard from the server");
        } else if (!heard && (!ponged || silentLooks % looksPerPing == 0)) {
            welcomed.ping();
        }
        heard = false;
    }

    void heard() {
        heardAt = nanos.getAsLong();
        heard = true;
        ponged = false;
    }

    void ponged() {
        heard();
        ponged = true;
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
