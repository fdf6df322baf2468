package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import java.util.concurrent.TimeUnit;

/** Whether a client is still there, and gets on with what it sends. For the connection's event loop. */
final class Life {
    private final ClientConnection connection;
    private final long idle;
    private final int minBytesPerSecond;
    private final boolean visiblePings;
    private long heardAt = System.nanoTime();
    private long pingedAt = heardAt;
    /** The message that is coming in: how much of it has come since when. */
    private int underWay;

    private long underWaySince;

    Life(ClientConnection connection, ListenerOptions options, boolean visiblePings) {
        this.connection = connection;
        this.idle = options.timeouts().idle().toNanos();
        this.minBytesPerSecond = options.limits().minBytesPerSecond();
        this.visiblePings = visiblePings;
    }

    /** Bytes came, after which so many of an incomplete message are there. */
    void heard(int incomplete) {
        heardAt = System.nanoTime();
        if (underWay == 0) {
            underWaySince = heardAt;
        }
        underWay = incomplete;
    }

    /** The message that was under way is complete. */
    void received() {
        underWay = 0;
    }

    /** Closes the connection if it is dead or too slow, pings it if it may be. */
    void check(long now) {
        long silent = now - heardAt;
        long half = idle / 2;
        if (silent >= idle) {
            connection.closeNow(CloseReason.IDLE);
        } else if (isTooSlow(now)) {
            connection.closeNow(CloseReason.TOO_SLOW);
        } else if ((silent >= half || visiblePings) && now - pingedAt >= half) {
            pingedAt = now;
            ping();
        }
    }

    /** Any byte is a sign of life; so that nobody holds a message open forever, it also has to get on. */
    private boolean isTooSlow(long now) {
        long took = now - underWaySince;
        return underWay > 0
                && took >= idle
                && underWay < minBytesPerSecond * (double) took / TimeUnit.SECONDS.toNanos(1);
    }

    private void ping() {
        if (visiblePings) {
            connection.text(ServerFrames.ping());
        } else {
            connection.wire().ping();
        }
    }
}
