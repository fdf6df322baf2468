package dev.signalbox.cluster.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.models.slots.ClusterSlotRange;
import io.lettuce.core.cluster.models.slots.ClusterSlotsParser;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server which of its cluster has which slots. One that is no part of a cluster says so, and is then the only one. The next one is
 * asked when one does not answer, for a server that is frozen or cut off answers nothing, or what was so before.
 */
final class RedisSlots implements RedisLocator {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSlots.class);

    private final RedisConnector connector;
    private final List<RedisNode> seeds;
    /** The seeds first, then what they named. */
    private final Set<RedisNode> known;

    private int next;
    private boolean single;
    private @Nullable StatefulRedisConnection<String, String> connection;
    private @Nullable RedisNode asked;

    RedisSlots(RedisConnector connector, List<RedisNode> seeds) {
        this.connector = connector;
        this.seeds = seeds;
        this.known = new LinkedHashSet<>(seeds);
    }

    @Override
    public RedisLayout locate() throws InterruptedException {
        return single ? RedisLayout.single(seeds.getFirst()) : ask();
    }

    private RedisLayout ask() throws InterruptedException {
        RedisException last = new RedisException("no server was asked");
        for (int attempt = 0; attempt < known.size(); attempt++) {
            RedisNode node = asked == null ? List.copyOf(known).get(next++ % known.size()) : asked;
            try {
                return layout(node, connection(node));
            } catch (RedisException e) {
                close();
                last = new RedisException(node + ": " + e.getMessage(), e);
            }
        }
        throw last;
    }

    private StatefulRedisConnection<String, String> connection(RedisNode node) throws InterruptedException {
        StatefulRedisConnection<String, String> open = connection;
        if (open == null) {
            open = connector.asking(node);
            connection = open;
            asked = node;
        }
        return open;
    }

    private RedisLayout layout(RedisNode node, StatefulRedisConnection<String, String> through)
            throws InterruptedException {
        try {
            RedisLayout layout = layout(
                    node,
                    ClusterSlotsParser.parse(connector.await(through.async().clusterSlots())));
            known.addAll(layout.nodes());
            return layout;
        } catch (IllegalArgumentException e) {
            throw new RedisException("it answers CLUSTER SLOTS with what is not understood: " + e.getMessage(), e);
        } catch (RedisException e) {
            if (isCluster(e)) {
                throw e;
            }
            if (seeds.size() > 1) {
                throw new RedisException("it is no Redis Cluster; name one server, or all Sentinels", e);
            }
            single = true;
            close(); // It is not asked again.
            return RedisLayout.single(node);
        }
    }

    /** False if the server says that it is none, or that it does not tell this user. */
    private static boolean isCluster(RedisException failure) {
        if (!(failure.getCause() instanceof RedisCommandExecutionException refused)) {
            return true;
        }
        String text = String.valueOf(refused.getMessage());
        if (text.startsWith("NOPERM")) {
            LOG.warn(
                    "this user may not ask for CLUSTER SLOTS; if this is a Redis Cluster, each publication goes to all of it");
        }
        return !text.startsWith("NOPERM") && !text.contains("cluster support disabled");
    }

    private static RedisLayout layout(RedisNode node, List<ClusterSlotRange> slots) {
        List<RedisLayout.Range> ranges = new ArrayList<>();
        for (ClusterSlotRange each : slots) {
            var uri = each.getUpstream().getUri();
            // A server that does not know its own address says none: the one at which it was asked is meant.
            String host = uri.getHost() == null || uri.getHost().isEmpty() ? node.host() : uri.getHost();
            ranges.add(new RedisLayout.Range(each.getFrom(), each.getTo(), new RedisNode(host, uri.getPort())));
        }
        if (ranges.isEmpty()) {
            throw new RedisException("the Redis Cluster has no slots yet");
        }
        // Servers differ in their order, and that is no change.
        ranges.sort(Comparator.comparingInt(RedisLayout.Range::from));
        return new RedisLayout(true, List.copyOf(ranges));
    }

    @Override
    public void close() {
        StatefulRedisConnection<String, String> ending = connection;
        connection = null;
        asked = null;
        if (ending != null) {
            CompletableFuture<Void> _ = ending.closeAsync();
        }
    }
}
