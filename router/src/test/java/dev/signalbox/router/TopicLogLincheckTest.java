package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Whatever several threads do with a topic, its pattern and their shards at once, the results are those of some order of the same steps
 * one after another.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:2")
@Param(name = "offset", gen = IntGen.class, conf = "0:3")
public class TopicLogLincheckTest {
    private static final TopicPolicy POLICY =
            new TopicPolicy(3, 1 << 20, Duration.ofDays(1), TopicPolicy.SlowConsumer.GAP).conflatingBy("key");

    /** What a shard was handed, which has to be what the topic has, in its order. */
    private static final class Recorder implements Shard {
        private final List<String> seen = new ArrayList<>();

        @Override
        public boolean reserve(Message message) {
            return true;
        }

        @Override
        public void release(Message message) {}

        @Override
        public synchronized void publish(Topic topic, Publication publication) {
            seen.add(publication.offset() + publication.message().headers().toString());
        }

        synchronized String seen() {
            return seen.toString();
        }
    }

    private final InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    private final TopicPatterns patterns = new TopicPatterns();
    private final TopicLog log = new TopicLog("news.sport", POLICY, clock);
    private final TopicLog pattern = new TopicLog("news.*", POLICY, clock);
    private final Recorder shard = new Recorder();

    public TopicLogLincheckTest() {
        patterns.add(pattern);
        log.attach(
                shard); // Not the pattern's, too: a shard hears of each before the other, and nobody promises both at
        // once.
    }

    private static Message message(int key) {
        return Message.of(Address.logic("test"), Address.topic("news.sport"), Payload.text("x"))
                .withHeaders(Map.of("key", String.valueOf(key)));
    }

    @Operation
    public String publish(@Param(name = "key") int key) {
        TopicLog.Published published = log.publish(message(key), null, patterns).orElseThrow();
        return published.offset() + " " + published.repeated();
    }

    @Operation
    public String publishOnce(@Param(name = "key") int key) {
        TopicLog.Published published =
                log.publish(message(key), String.valueOf(key), patterns).orElseThrow();
        return published.offset() + " " + published.repeated();
    }

    @Operation
    public boolean publishVolatile(@Param(name = "key") int key) {
        return log.publishVolatile(message(key), patterns).orElseThrow();
    }

    @Operation
    public String read(@Param(name = "offset") int after) {
        return offsets(log.read(after, Long.MAX_VALUE, 1 << 20));
    }

    @Operation
    public String readNewest(@Param(name = "offset") int after) {
        return offsets(log.readNewest(after, Long.MAX_VALUE, 1 << 20));
    }

    @Operation
    public String readPattern(@Param(name = "offset") int after) {
        return offsets(pattern.read(after, Long.MAX_VALUE, 1 << 20));
    }

    @Operation
    public String join() {
        SubscriptionStart start = log.join(new TopicStart.Now(), "alice").orElseThrow();
        return start.after() + " " + log.info().subscribers();
    }

    @Operation
    public String seen() {
        return shard.seen();
    }

    private static String offsets(Topic.Kept kept) {
        return kept.first()
                + kept.publications().stream()
                        .map(each -> each.offset() + each.message().headers().toString())
                        .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void everyOutcomeIsThatOfSomeOrder() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .check(TopicLogLincheckTest.class);
    }
}
