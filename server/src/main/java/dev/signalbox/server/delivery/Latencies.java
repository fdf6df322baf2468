package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long messages took from their enqueuing until a sender accepted them, by channel, over the last five minutes on this
 * node. Counted in 64 slots of time a channel, each a third longer than the one before: percentiles are right to a third,
 * and the memory does not grow with the traffic. Thread-safe.
 */
final class Latencies {
    private static final int SLOTS = 64;
    private static final double GROWTH = 4 / 3.0;
    private static final int MINUTES = 5;

    /** Percentiles of one channel. */
    record Latency(long p50Millis, long p99Millis, long count) {}

    /** The messages of one minute by slot. */
    private record Minute(long number, AtomicLongArray counts) {}

    private final Map<Channel, Deque<Minute>> channels = new ConcurrentHashMap<>();

    void add(Instant now, Channel channel, Duration took) {
        Deque<Minute> minutes = channels.computeIfAbsent(channel, name -> new ArrayDeque<>());
        long minute = now.getEpochSecond() / 60;
        synchronized (minutes) {
            if (minutes.isEmpty() || minutes.getLast().number() < minute) {
                minutes.addLast(new Minute(minute, new AtomicLongArray(SLOTS)));
            }
            minutes.getLast().counts().incrementAndGet(slot(took.toMillis()));
            forget(minutes, minute);
        }
    }

    private static void forget(Deque<Minute> minutes, long now) {
        while (!minutes.isEmpty() && minutes.getFirst().number() <= now - MINUTES) {
            minutes.removeFirst();
        }
    }

    private static int slot(long millis) {
        double slot = Math.log((double) Math.max(1, millis)) / Math.log(GROWTH);
        return (int) Math.min(SLOTS - 1, Math.round(slot));
    }

    /** The channels that sent something lately. */
    Map<String, Latency> byChannel(Instant now) {
        Map<String, Latency> latencies = new TreeMap<>();
        channels.forEach((channel, minutes) -> {
            long[] counts = counts(minutes, now.getEpochSecond() / 60);
            long total = total(counts);
            if (total > 0) {
                latencies.put(
                        channel.name(),
                        new Latency(percentile(counts, total, 0.5), percentile(counts, total, 0.99), total));
            }
        });
        return latencies;
    }

    private static long[] counts(Deque<Minute> minutes, long now) {
        long[] sums = new long[SLOTS];
        synchronized (minutes) {
            forget(minutes, now);
            for (Minute minute : minutes) {
                for (int slot = 0; slot < SLOTS; slot++) {
                    sums[slot] += minute.counts().get(slot);
                }
            }
        }
        return sums;
    }

    private static long total(long[] counts) {
        long total = 0;
        for (long count : counts) {
            total += count;
        }
        return total;
    }

    private static long percentile(long[] counts, long total, double part) {
        long rank = (long) Math.ceil((double) total * part);
        int slot = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[slot]) {
            slot++;
        }
        return Math.round(Math.pow(GROWTH, slot));
    }
}
