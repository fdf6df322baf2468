package dev.signalbox.ha.redis;

import dev.signalbox.ha.lease.Fence;
import dev.signalbox.ha.lease.LeaseStore;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Leases in Redis, by the server's clock. Needs Redis 5 or newer.
 *
 * <p>Redis is no consensus store: a replica that is promoted may not know of a lease that was just given, and then two nodes hold it.
 * {@code min-replicas-to-write 1} with {@code min-replicas-max-lag 1} makes that rarer; only a fence makes it harmless. Epochs are
 * never less than the server's time in microseconds, so a server that lost its data gives newer ones all the same.
 *
 * <p>A store opens one connection on the caller's client, and one more for each watch. The client is never closed or changed.
 */
public final class RedisLeases {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:/{}-]{0,100}");

    private RedisLeases() {}

    /**
     * Opens the leases whose keys begin with that prefix; a lease's key is the prefix and its name.
     *
     * @param prefix up to 100 letters, digits and any of {@code . _ : / { } -}
     * @throws IllegalArgumentException if the prefix is not allowed
     */
    public static LeaseStore open(RedisClient client, String prefix) {
        return open(client, prefix, TIMEOUT);
    }

    /**
     * The same with a timeout of one's own.
     *
     * @param timeout after which a command counts as lost; a third of the leases' time to live at most
     */
    public static LeaseStore open(RedisClient client, String prefix, Duration timeout) {
        return new RedisStore(client, checked(prefix), timeout);
    }

    /**
     * A fence in Redis, for what is changed by the same server: each check is a script of its own, so it guards what is done right after it
     * only as well as nothing comes in between. To guard a change fully, do it in one script with a check as {@code fence.lua} has it.
     * Its connection ends with the client.
     */
    public static Fence fence(RedisClient client, String prefix) {
        Link link = new Link(client, TIMEOUT);
        Script script = Script.load("fence");
        String keys = checked(prefix);
        return (name, epoch) ->
                link.text(script, keys + name, Long.toString(epoch)).equals("1");
    }

    private static String checked(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "prefix is \"" + prefix + "\"; give up to 100 letters, digits, or any of . _ : / { } -");
        }
        return prefix;
    }
}
