package dev.signalbox.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkException;
import dev.signalbox.testing.contract.LinkRecorder;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealRedis;
import dev.signalbox.testing.services.SelfSigned;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one Redis server, and the network before it, does to its links. */
class RedisLinkFaultTest extends LinkFixture {
    @TempDir
    private Path folder;

    private RealRedis redis(String... options) {
        return closing(RealRedis.start(options));
    }

    /** A signal takes its time to stop a process, so the first publications may still succeed. */
    private static ClusterLinkException firstFailure(ClusterLink link) throws Exception {
        while (true) {
            try {
                done(link.publish(NODE, bytes("given to a frozen server")));
            } catch (ExecutionException e) {
                return Objects.requireNonNull((ClusterLinkException) e.getCause());
            }
        }
    }

    /** The kernel goes on answering for it, so that nothing but the missing answers to PING tells. */
    @Test
    void aFrozenServerIsNoticedAndWhatItWasGivenFails() throws Exception {
        RealRedis redis = redis("appendonly no");
        ClusterLink link = up(options(redis.url()).withSilence(Duration.ofSeconds(2)), recorder);
        done(link.subscribe(NODE));
        redis.freeze();

        ClusterLinkException failure = firstFailure(link);
        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(failure.maybeSent()).isTrue();
        assertThat(failure(link.publish(NODE, bytes("not given at all"))).maybeSent())
                .isFalse();

        redis.thaw();
        recorder.awaitCount(Kind.UP, 2);
        assertThat(recorder.count(Kind.LOST)).isPositive();
        await().atMost(SOON).until(() -> {
            link.publish(NODE, bytes("after"));
            return recorder.texts(NODE).contains("after");
        });
        assertThat(recorder.texts(NODE)).doesNotContain("not given at all");
    }

    /** Lettuce alone would send it again when it is connected again. */
    @Test
    void whatWasUnderWayAtACutIsNotSentAgain() throws Exception {
        RealRedis redis = redis("appendonly no");
        FaultProxy proxy = closing(FaultProxy.before(redis.port()));
        ClusterLink receiver = up(options(redis.url()), recorder);
        done(receiver.subscribe(NODE));
        LinkRecorder cut = new LinkRecorder();
        ClusterLink sender = up(options(RealRedis.url(proxy.port())), cut);

        proxy.swallowAnswers();
        CompletionStage<Void> sent = sender.publish(NODE, bytes("once"));
        recorder.awaitText(NODE, "once");
        proxy.cutOnce();

        assertThat(failure(sent).maybeSent()).isTrue();
        cut.awaitCount(Kind.UP, 2);
        done(sender.publish(NODE, bytes("after")));
        recorder.awaitText(NODE, "after");
        assertThat(recorder.texts(NODE)).containsExactly("once", "after");
    }

    @Test
    void whatWaitsForAServerIsBounded() throws Exception {
        RealRedis redis = redis("appendonly no");
        RedisLinkOptions patient = options(redis.url()).withSilence(Duration.ofMinutes(1));
        ClusterLink link = started(patient, new RedisBounds(1_000, 1_000), recorder);
        recorder.awaitCount(Kind.UP, 1);
        redis.freeze();

        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(link.publish(NODE, new byte[100]));
        }

        ClusterLinkException failure = failure(sent.getLast());
        assertThat(failure.maybeSent()).isFalse();
        assertThat(failure).hasMessageContaining("too much waits");
        redis.thaw();
        done(sent.getFirst());
        done(link.publish(NODE, bytes("there is room again")));
    }

    /** A listener that stands still fills the link's own queue; what does not fit is told in its place. */
    @Test
    void whatAListenerIsTooSlowForIsToldAsLost() throws Exception {
        RealRedis redis = redis("appendonly no");
        CountDownLatch goOn = new CountDownLatch(1);
        recorder.onEvent = event -> {
            if ("0".equals(event.text())) {
                awaitLatch(goOn);
            }
        };
        ClusterLink receiver = started(options(redis.url()), new RedisBounds(16 << 20, 1_000), recorder);
        done(receiver.subscribe(NODE));
        ClusterLink sender = up(options(redis.url()), new LinkRecorder());
        for (int i = 0; i < 100; i++) {
            done(sender.publish(NODE, bytes(Integer.toString(i))));
        }
        goOn.countDown();
        await().atMost(SOON).until(() -> {
            done(sender.publish(NODE, bytes("end")));
            return recorder.texts(NODE).contains("end");
        });

        List<Event> events = recorder.events();
        int lost = events.indexOf(new Event(Kind.LOST, NODE, null));
        assertThat(lost).isPositive();
        assertThat(events.get(lost - 1).text()).isNotEqualTo("99");
        assertThat(recorder.texts(NODE)).startsWith("0", "1", "2");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aUserNeedsOnlyWhatTheDocumentationSays() throws Exception {
        RealRedis redis = redis(
                "appendonly no",
                "user node on >secret resetchannels &test:* +publish +spublish +subscribe +ssubscribe +unsubscribe"
                        + " +sunsubscribe +ping +cluster|slots");
        RedisLinkOptions options = options("redis://node:secret@127.0.0.1:" + redis.port());
        ClusterLink link = up(options, recorder);
        done(link.subscribe(NODE));
        done(link.publish(NODE, bytes("allowed")));
        recorder.awaitText(NODE, "allowed");

        LinkRecorder refused = new LinkRecorder();
        ClusterLink other = up(options.withPrefix("theirs"), refused);
        CompletionStage<Void> subscribed = other.subscribe(NODE);
        await().atMost(SOON)
                .until(() -> refused.events().stream()
                        .anyMatch(each -> String.valueOf(each.text()).contains("theirs:node.1")));
        assertThat(subscribed.toCompletableFuture()).isNotDone();
        assertThat(failure(other.publish(NODE, bytes("forbidden"))).maybeSent()).isFalse();
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() {
        RealRedis redis = redis("appendonly no", "requirepass secret");

        started(options("redis://:wrongsecret@127.0.0.1:" + redis.port()), RedisBounds.DEFAULT, recorder);

        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(recorder.events().getFirst().text())
                .contains("127.0.0.1:" + redis.port())
                .contains("WRONGPASS")
                .doesNotContain("wrongsecret");
    }

    @Test
    void overTlsTheServersNameIsChecked() throws Exception {
        SelfSigned identity = SelfSigned.forNames(folder, "redis", "dns:localhost");
        RealRedis redis = redis("appendonly no");
        int port = redis.enableTls(identity);

        ClusterLink link = up(options("rediss://localhost:" + port).withCaFile(identity.pem()), new LinkRecorder());
        started(options("rediss://127.0.0.1:" + port).withCaFile(identity.pem()), RedisBounds.DEFAULT, recorder);

        done(link.publish(NODE, bytes("over TLS")));
        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(recorder.count(Kind.UP)).isZero();
    }

    /** Redis ends the connection of a subscriber that reads too slowly. */
    @Test
    void aSubscriptionThatTheServerEndsIsTakenUpAgainAndTold() throws Exception {
        RealRedis redis = redis("appendonly no");
        ClusterLink link = up(options(redis.url()), recorder);
        Channel other = new Channel("topic.7");
        done(link.subscribe(NODE));
        done(link.subscribe(other));

        redis.ask("CLIENT KILL TYPE pubsub");

        recorder.awaitCount(Kind.UP, 2);
        done(link.publish(other, bytes("after")));
        recorder.awaitText(other, "after");
        assertThat(recorder.events()).contains(new Event(Kind.LOST, NODE, null), new Event(Kind.LOST, other, null));
    }

    @Test
    void aMalformedUrlIsRefusedWithoutItsPassword() {
        for (String url : List.of(
                "http://node:hidden@localhost",
                "redis://node:hidden@localhost:x",
                "redis://node:hidden@localhost#main",
                "redis-sentinel://node:hidden@localhost")) {
            assertThatThrownBy(() -> RedisLinkOptions.of(url))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("hidden");
        }
        assertThatThrownBy(() -> options("redis://a").withPrefix("a{b}")).hasMessageContaining("prefix");
        RedisLinkOptions read = RedisLinkOptions.of("rediss-sentinel://a:b%2Bc+d@one,two:7#main");
        assertThat(read.login()).contains(new RedisLogin("a", "b+c+d"));
        assertThat(read.nodes()).containsExactly(new RedisNode("one", 26379), new RedisNode("two", 7));
        assertThat(read.tls()).isTrue();
        assertThat(RedisLinkOptions.of("redis://:topsecret@[::1]:6380/0").nodes())
                .containsExactly(new RedisNode("::1", 6380));
        assertThat(read.toString()).doesNotContain("b+c+d");
    }
}
