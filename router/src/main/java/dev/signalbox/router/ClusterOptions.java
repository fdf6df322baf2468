package dev.signalbox.router;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a node takes part in a cluster. Immutable; start from {@link #of} and change what differs.
 *
 * @param node the node's name, for people: 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}. Two nodes may have the same
 * @param secret signs what nodes say to each other: the same on all of them, 32 bytes or more in UTF-8
 * @param heartbeat how often a node tells that it lives; 100 ms to 10 s, default 3 s
 * @param lease after how long without a sign of life a node counts as gone, with all its clients; at least three heartbeats, 15 s at most,
 *     default 10 s
 * @param waitingBytes what may wait to be published to one channel, such as to one node; 1 MiB to 1 GiB, default 16 MiB. What is beyond is
 *     refused to its sender as {@link ErrorCode#OVERLOADED}
 * @param buffer whether what is sent while the broker is away waits for it, within {@code waitingBytes} and for no longer than the lease;
 *     default false: it is refused at once as {@link ErrorCode#UNREACHABLE}
 */
public record ClusterOptions(
        String node, String secret, Duration heartbeat, Duration lease, long waitingBytes, boolean buffer) {
    private static final int LEAST_SECRET = 32;

    /**
     * Checks every option.
     *
     * @throws IllegalArgumentException naming the first option that is out of its range
     */
    public ClusterOptions {
        Strings.requireName("node name", node, 64, "._-");
        if (secret.getBytes(StandardCharsets.UTF_8).length < LEAST_SECRET) {
            throw new IllegalArgumentException("the secret has fewer than " + LEAST_SECRET + " bytes; make it longer");
        }
        RouterOptions.requireRange("heartbeat", heartbeat, Duration.ofMillis(100), Duration.ofSeconds(10));
        RouterOptions.requireRange("lease", lease, heartbeat.multipliedBy(3), Duration.ofSeconds(15));
        RouterOptions.requireRange("waitingBytes", waitingBytes, 1 << 20, 1 << 30);
    }

    /** The defaults for a node of this name. */
    public static ClusterOptions of(String node, String secret) {
        return new ClusterOptions(node, secret, Duration.ofSeconds(3), Duration.ofSeconds(10), 16 << 20, false);
    }

    public ClusterOptions withTimes(Duration changedHeartbeat, Duration changedLease) {
        return new ClusterOptions(node, secret, changedHeartbeat, changedLease, waitingBytes, buffer);
    }

    public ClusterOptions withWaitingBytes(long changed) {
        return new ClusterOptions(node, secret, heartbeat, lease, changed, buffer);
    }

    public ClusterOptions withBuffer(boolean changed) {
        return new ClusterOptions(node, secret, heartbeat, lease, waitingBytes, changed);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "ClusterOptions[node=" + node + ", heartbeat=" + heartbeat + ", lease=" + lease + ", waitingBytes="
                + waitingBytes + ", buffer=" + buffer + "]";
    }
}
