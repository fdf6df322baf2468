package dev.signalbox.cluster.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.testing.contract.LinkRecorder;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import dev.signalbox.testing.services.RealRedis;
import dev.signalbox.testing.services.SelfSigned;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one Redis server refuses, and what it ends; {@link RedisFaultTest} has what happens to it. */
class RedisLinkFaultTest extends LinkFixture {
    @TempDir
    private Path folder;

    private RealRedis redis(String... options) {
        return closing(RealRedis.start(options));
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
