package dev.signalbox.router;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The broker in memory. Its monitor makes each publication, subscription and outage one step, which is what gives all subscribers the
 * same order; links are handed events under it and tell their listeners on threads of their own.
 */
final class InProcessBroker implements MemoryBroker {
    private final Set<InProcessLink> links = new LinkedHashSet<>();
    private final Map<String, InProcessStore> stores = new HashMap<>();
    private final InstantSource clock;
    private boolean running = true;

    InProcessBroker(InstantSource clock) {
        this.clock = clock;
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public synchronized TopicHistory history(String cluster) {
        return new InProcessHistory(this, stores.computeIfAbsent(cluster, same -> new InProcessStore()));
    }

    synchronized boolean isRunning() {
        return running;
    }

    @Override
    public ClusterLink link(String cluster) {
        return new InProcessLink(this, cluster);
    }

    @Override
    public synchronized void stop() {
        if (running) {
            running = false;
            links.forEach(InProcessLink::cut);
        }
    }

    @Override
    public void start() {
        resume().forEach(InProcessLink::confirm);
    }

    /** The links that are connected by that. */
    private synchronized List<InProcessLink> resume() {
        if (running) {
            return List.of();
        }
        running = true;
        links.forEach(InProcessLink::connected);
        return List.copyOf(links);
    }

    void add(InProcessLink link) {
        connect(link);
        link.confirm();
    }

    private synchronized void connect(InProcessLink link) {
        links.add(link);
        if (running) {
            link.connected();
        } else {
            link.cut();
        }
    }

    synchronized void remove(InProcessLink link) {
        links.remove(link);
    }

    /** False if it is stopped. */
    synchronized boolean publish(String cluster, ClusterLink.Channel channel, byte[] bytes) {
        if (running) {
            links.forEach(link -> link.offer(cluster, channel, bytes));
        }
        return running;
    }

    /** Runs a step in which nothing is published, and the broker neither goes nor comes. It is told whether the broker is running. */
    synchronized <T> T change(Function<Boolean, T> step) {
        return step.apply(running);
    }
}
