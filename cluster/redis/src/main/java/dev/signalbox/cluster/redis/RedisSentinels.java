package dev.signalbox.cluster.redis;

import io.lettuce.core.RedisException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks all Sentinels at once for the primary and believes the one with the newest configuration: one that was cut off may still name the
 * primary of before. A majority is waited for; the rest only if it is missing.
 */
final class RedisSentinels implements RedisLocator {
    private final List<RedisSentinel> sentinels;
    private final long patienceNanos;

    /** {@code switched} is called when a Sentinel tells of a new primary. */
    RedisSentinels(RedisConnector connector, RedisLinkOptions options, String master, Runnable switched) {
        this.sentinels = options.nodes().stream()
                .map(node -> new RedisSentinel(connector, node, master, switched))
                .toList();
        this.patienceNanos = options.silence().toNanos();
    }

    /** {@code answer} is null if it failed. */
    private record Reply(RedisSentinel.@Nullable Answer answer, String failure) {}

    @Override
    public RedisLayout locate() throws InterruptedException {
        BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        sentinels.forEach(each -> Thread.ofVirtual().name("redis-sentinel").start(() -> replies.add(reply(each))));
        List<RedisSentinel.Answer> answers = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        long end = System.nanoTime() + patienceNanos;
        while (answers.size() <= sentinels.size() / 2 && answers.size() + failures.size() < sentinels.size()) {
            Reply reply = replies.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (reply == null) {
                failures.add("the others did not answer in time");
                break;
            }
            if (reply.answer() == null) {
                failures.add(reply.failure());
            } else {
                answers.add(reply.answer());
            }
        }
        return answers.stream()
                .max(Comparator.comparingLong(RedisSentinel.Answer::epoch))
                .map(newest -> RedisLayout.single(newest.primary()))
                .orElseThrow(() -> new RedisException("no Sentinel names the primary: " + String.join("; ", failures)));
    }

    private static Reply reply(RedisSentinel sentinel) {
        try {
            return new Reply(sentinel.ask(), "");
        } catch (RedisException e) {
            return new Reply(null, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply(null, "interrupted");
        }
    }

    @Override
    public void close() {
        sentinels.forEach(RedisSentinel::close);
    }
}
