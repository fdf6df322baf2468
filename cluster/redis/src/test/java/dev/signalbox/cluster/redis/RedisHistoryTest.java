package dev.signalbox.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Retention;
import dev.signalbox.testing.contract.TopicHistoryContract;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories in one Redis server. */
class RedisHistoryTest extends TopicHistoryContract {
    private static final Retention MUCH = new Retention(1_000, 1 << 20, Duration.ofHours(1));
    private static RealRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start(
                "appendonly no",
                "user node on >secret resetchannels resetkeys &acl:* ~acl:history:* +publish +spublish +subscribe +ssubscribe"
                        + " +unsubscribe +sunsubscribe +ping +cluster|slots +client|info +client|kill +eval +evalsha +time +del +pexpire +hmget +hset +xadd"
                        + " +xlen +xrange +xtrim +zadd +zcard +zscore +zremrangebyrank");
    }

    @AfterAll
    static void closeRedis() {
        redis.close();
    }

    private static RedisLinkOptions options(String url, String prefix) {
        return RedisLinkOptions.of(url).withPrefix(prefix).withSilence(Duration.ofSeconds(20));
    }

    @Override
    protected TopicHistory history(String cluster) {
        return RedisLinks.history(options(redis.url(), cluster));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static Appended append(TopicHistory history, Retention retention, Optional<Position> seen, String id) {
        Entry entry = new Entry(id, Content.of(new byte[] {1, 2, 3}));
        return get(history.append(
                new Append("news", List.of(entry), retention, seen, new Position(UUID.randomUUID(), 1_000))));
    }

    @Test
    void aUserNeedsOnlyWhatTheDocumentationSays() {
        try (TopicHistory history =
                RedisLinks.history(options("redis://node:secret@127.0.0.1:" + redis.port(), "acl"))) {
            append(history, new Retention(1, 10, Duration.ofHours(1)), Optional.empty(), "a");
            append(history, new Retention(1, 10, Duration.ofHours(1)), Optional.empty(), "b");

            assertThat(get(history.read("news", 0, 100)).orElseThrow().entries())
                    .extracting(each -> each.entry().id())
                    .containsExactly("b");
        }
    }

    /** A key that was evicted, or deleted by hand, leaves a hole that nobody may take for the whole. */
    @ParameterizedTest
    @ValueSource(strings = {"head", "log", "ids"})
    void aTopicThatLostOneOfItsKeysBeginsANewEpoch(String key) {
        try (TopicHistory history = RedisLinks.history(options(redis.url(), "lost-" + key))) {
            Appended before = append(history, MUCH, Optional.empty(), "a");

            redis.ask("DEL lost-" + key + ":history:{news}:" + key);
            Optional<Page> read = get(history.read("news", 0, 100));
            Appended after = append(history, MUCH, Optional.of(new Position(before.epoch(), before.last())), "b");

            assertThat(read).isEmpty();
            assertThat(after.epoch()).isNotEqualTo(before.epoch());
            assertThat(get(history.read("news", 0, 100)).orElseThrow().entries())
                    .extracting(each -> each.entry().id())
                    .containsExactly("b");
        }
    }

    @Test
    void whatIsTooOldIsDroppedByTheNextAppend() {
        Retention brief = new Retention(1_000, 1 << 20, Duration.ofMillis(200));
        try (TopicHistory history = RedisLinks.history(options(redis.url(), "brief"))) {
            append(history, brief, Optional.empty(), "old");
            int[] number = {0};

            await().atMost(Duration.ofSeconds(60)).until(() -> {
                append(history, brief, Optional.empty(), "new" + number[0]++);
                Page page = get(history.read("news", 0, 100)).orElseThrow();
                return !page.entries().getFirst().entry().id().equals("old");
            });
        }
    }

    /** A script that drops a million entries would hold up all who use this Redis. */
    @Test
    void whatOneAppendDropsIsBoundedAndTheNextOnesDropTheRest() {
        Retention few = new Retention(10, 1 << 20, Duration.ofHours(1));
        try (TopicHistory history = RedisLinks.history(options(redis.url(), "surplus"))) {
            for (int batch = 0; batch < 5; batch++) {
                String prefix = "b" + batch + "-";
                List<Entry> entries = IntStream.range(0, TopicHistory.MAX_ENTRIES)
                        .mapToObj(i -> new Entry(prefix + i, Content.of(new byte[1])))
                        .toList();
                Retention all = new Retention(10_000, 1 << 20, Duration.ofHours(1));
                get(history.append(
                        new Append("news", entries, all, Optional.empty(), new Position(UUID.randomUUID(), 1_000))));
            }

            assertThat(kept(history, append(history, few, Optional.empty(), "a")))
                    .isEqualTo(5 * TopicHistory.MAX_ENTRIES + 1 - 1_000);
            assertThat(kept(history, append(history, few, Optional.empty(), "b")))
                    .isEqualTo(10);
        }
    }

    private static long kept(TopicHistory history, Appended last) {
        return last.last() - get(history.read("news", 0, 100)).orElseThrow().first() + 1;
    }

    /** A day longer than what it keeps is. */
    @Test
    void aTopicThatNobodyUsesIsForgotten() {
        try (TopicHistory history = RedisLinks.history(options(redis.url(), "unused"))) {
            append(history, MUCH, Optional.empty(), "a");
        }

        for (String key : List.of("head", "log", "ids")) {
            String answer = redis.ask("TTL unused:history:{news}:" + key);
            int seconds = Integer.parseInt(answer.substring(1, answer.indexOf('\r')));
            assertThat(seconds).as(key).isBetween(25 * 3_600 - 120, 25 * 3_600);
        }
    }

    /** It counts its connections from the beginning then: the id of one that the history had is another's. */
    @Test
    void aServerThatStartsAnewIsNotToldToEndTheConnectionsOfOthers() throws Exception {
        List<Socket> others = new ArrayList<>();
        try (RealRedis server = RealRedis.start("appendonly no");
                FaultProxy proxy = FaultProxy.before(server.port())) {
            IntStream.range(0, 10).forEach(i -> server.ask("PING"));
            try (TopicHistory history = RedisLinks.history(options(RealRedis.url(proxy.port()), "anew"))) {
                append(history, MUCH, Optional.empty(), "a");
                proxy.cut();
                server.kill();
                server.startAgain();
                for (int i = 0; i < 50; i++) {
                    Socket other = new Socket(InetAddress.getLoopbackAddress(), server.port());
                    others.add(other);
                    other.setSoTimeout(60_000);
                    assertThat(answer(other)).isEqualTo("+PONG");
                }

                proxy.heal();
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptions()
                        .until(() ->
                                append(history, MUCH, Optional.empty(), "b").last() > 0);
            }
            for (Socket other : others) {
                assertThat(answer(other)).isEqualTo("+PONG");
            }
        } finally {
            for (Socket other : others) {
                other.close();
            }
        }
    }

    /** Empty if the connection was ended. */
    private static String answer(Socket socket) throws IOException {
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII).strip();
    }
}
