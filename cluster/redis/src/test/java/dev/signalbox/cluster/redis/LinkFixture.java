package dev.signalbox.cluster.redis;

import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkException;
import dev.signalbox.testing.contract.LinkRecorder;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** What tests of links over Redis share. */
abstract class LinkFixture {
    static final Channel NODE = new Channel("node.1");
    static final Duration SOON = Duration.ofSeconds(90);

    private final List<AutoCloseable> open = new ArrayList<>();
    final LinkRecorder recorder = new LinkRecorder();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    /** Patient, so that a busy machine is not taken for a silent server. */
    static RedisLinkOptions options(String url) {
        return RedisLinkOptions.of(url).withPrefix("test").withSilence(Duration.ofSeconds(20));
    }

    ClusterLink started(RedisLinkOptions options, RedisBounds bounds, LinkRecorder listener) {
        ClusterLink link = closing(ClusterLink.over(new RedisDriver(options, bounds)));
        link.start(listener);
        return link;
    }

    ClusterLink up(RedisLinkOptions options, LinkRecorder listener) {
        ClusterLink link = started(options, RedisBounds.DEFAULT, listener);
        listener.awaitCount(Kind.UP, 1);
        return link;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static void done(CompletionStage<Void> stage) throws Exception {
        stage.toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    static ClusterLinkException failure(CompletionStage<Void> stage) throws Exception {
        try {
            done(stage);
        } catch (ExecutionException e) {
            return Objects.requireNonNull((ClusterLinkException) e.getCause());
        }
        throw new AssertionError("it did not fail");
    }

    /** Publishes under new names until one of them arrives on every one of the channels. */
    void awaitAllHeard(ClusterLink sender, LinkRecorder receiver, List<Channel> channels) {
        String mark = "mark " + System.nanoTime() + " ";
        int[] round = {0};
        await().atMost(SOON).pollInterval(Duration.ofMillis(100)).until(() -> {
            round[0]++;
            channels.forEach(each -> sender.publish(each, bytes(mark + round[0])));
            return channels.stream()
                    .allMatch(each -> receiver.texts(each).stream().anyMatch(text -> text.startsWith(mark)));
        });
    }
}
