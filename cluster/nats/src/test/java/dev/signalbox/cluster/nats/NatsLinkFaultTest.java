package dev.signalbox.cluster.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.testing.contract.LinkRecorder;
import dev.signalbox.testing.contract.LinkRecorder.Event;
import dev.signalbox.testing.contract.LinkRecorder.Kind;
import dev.signalbox.testing.services.RealNats;
import dev.signalbox.testing.services.SelfSigned;
import dev.signalbox.tls.Trust;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a NATS server does to its links: it leaves, refuses, and sends faster than they read; {@link NatsFaultTest} has what happens to it. */
class NatsLinkFaultTest {
    private static final Channel NODE = new Channel("node.1");
    private static final Duration SOON = Duration.ofSeconds(60);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final LinkRecorder recorder = new LinkRecorder();

    @TempDir
    private Path folder;

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    private RealNats nats(String... options) {
        return closing(RealNats.start(options));
    }

    private ClusterLink started(NatsLinkOptions options, NatsBounds bounds, LinkRecorder listener) {
        ClusterLink link = closing(ClusterLink.over(new NatsDriver(options, bounds)));
        link.start(listener);
        return link;
    }

    private ClusterLink up(NatsLinkOptions options, LinkRecorder listener) {
        ClusterLink link = started(options, NatsBounds.DEFAULT, listener);
        listener.awaitCount(Kind.UP, 1);
        return link;
    }

    /** Patient, so that a busy machine is not taken for a silent server. */
    private static NatsLinkOptions options(String url) {
        return NatsLinkOptions.of(url).withSilence(Duration.ofSeconds(20));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void done(CompletionStage<Void> stage) throws Exception {
        stage.toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aLameDuckIsLeftForAnotherServerWithoutAnOutage() throws Exception {
        RealNats old = nats("lame_duck_duration: \"30s\"", "lame_duck_grace_period: \"10s\"");
        RealNats other = nats();
        other.kill();
        Duration silence = Duration.ofSeconds(6); // A third of it is how often a link looks whether it is to leave.
        ClusterLink link = up(options(old.url() + "," + other.url()).withSilence(silence), recorder);
        done(link.subscribe(NODE));
        other.startAgain();
        ClusterLink there = up(options(other.url()), new LinkRecorder());

        old.becomeLameDuck();

        await().atMost(SOON).until(() -> {
            done(there.publish(NODE, bytes("moved")));
            return recorder.texts(NODE).contains("moved");
        });
        List<Kind> kinds = recorder.events().stream().map(Event::kind).toList();
        assertThat(kinds).doesNotContain(Kind.DOWN).startsWith(Kind.UP, Kind.LOST, Kind.RECEIVED);
        done(link.publish(NODE, bytes("from there")));
        recorder.awaitText(NODE, "from there");
    }

    /** jnats drops what its reader brings while its dispatcher is not done with the message before. */
    @Test
    void noGapIsUntoldWhereTheClientDrops() throws Exception {
        RealNats nats = nats();
        ClusterLink receiver = started(options(nats.url()), new NatsBounds(16 << 20, 1, 16 << 20), recorder);
        done(receiver.subscribe(NODE));
        ClusterLink sender = up(options(nats.url()), new LinkRecorder());

        int number = 0;
        while (number < 20_000) {
            CompletionStage<Void> last = sender.publish(NODE, bytes(Integer.toString(number++)));
            if (number % 1_000 == 0) {
                done(last);
            }
        }
        await().atMost(SOON).until(() -> {
            done(sender.publish(NODE, bytes("end")));
            return recorder.texts(NODE).contains("end");
        });

        assertThat(recorder.count(Kind.LOST)).isPositive();
        recorder.assertEachGapIsTold(NODE);
    }

    @Test
    void aServerThatRefusesASubjectIsToldWithTheReason() {
        RealNats nats = nats("authorization { users: [ { user: node, password: secret,"
                + " permissions: { publish: \"ours.*\", subscribe: \"ours.*\" } } ] }");
        String url = "nats://node:secret@127.0.0.1:" + nats.port();
        up(options(url).withPrefix("ours"), new LinkRecorder());

        started(options(url).withPrefix("theirs"), NatsBounds.DEFAULT, recorder);

        await().atMost(SOON)
                .until(() -> recorder.events().stream()
                        .anyMatch(each -> String.valueOf(each.text()).contains("allow this user")));
    }

    /** Otherwise the thread that connects would be gone, and the node cut off for good. */
    @Test
    void aFaultInWhatUsesASessionIsToldAndAnotherSessionFollows() {
        RealNats nats = nats();
        AtomicInteger used = new AtomicInteger();
        List<String> told = new CopyOnWriteArrayList<>();
        closing(NatsSupervisor.start(options(nats.url()), NatsBounds.DEFAULT, new NatsSupervisor.Owner() {
            @Override
            public void use(NatsSession session) {
                if (used.incrementAndGet() == 1) {
                    throw new IllegalStateException("as this test wants it");
                }
            }

            @Override
            public void down(String reason) {
                told.add(reason);
            }

            @Override
            public void ended(NatsSession session, String reason) {
                told.add(reason);
            }
        }));

        await().atMost(SOON).until(() -> used.get() == 2);
        assertThat(told).singleElement().asString().contains("as this test wants it");
    }

    @Test
    void aWrongPasswordIsToldWithoutIt() {
        RealNats nats = nats("authorization { user: node, password: secret }");

        started(
                options("nats://node:wrongsecret@127.0.0.1:" + nats.port()).withSilence(Duration.ofSeconds(2)),
                NatsBounds.DEFAULT,
                recorder);

        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(recorder.events().getFirst().text())
                .contains("127.0.0.1:" + nats.port())
                .containsIgnoringCase("authori")
                .doesNotContain("wrongsecret");
    }

    /** jnats itself would accept the certificate of any host. */
    @Test
    void overTlsTheServersNameIsChecked() throws Exception {
        SelfSigned identity = SelfSigned.forNames(folder, "nats", "dns:localhost");
        RealNats nats = nats("tls { cert_file: \"" + identity.pem() + "\", key_file: \"" + identity.keyPem() + "\" }");
        Trust trust = Trust.inFile(identity.pem());

        ClusterLink link = up(options("tls://localhost:" + nats.port()).withTrust(trust), new LinkRecorder());
        started(options("tls://127.0.0.1:" + nats.port()).withTrust(trust), NatsBounds.DEFAULT, recorder);

        done(link.publish(NODE, bytes("over TLS")));
        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(recorder.count(Kind.UP)).isZero();
    }

    @Test
    void aMalformedUrlIsRefusedWithoutItsPassword() {
        assertThatThrownBy(() -> NatsLinkOptions.of("nats://node:se cret@localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("cret");
        assertThatThrownBy(() -> NatsLinkOptions.of("http://localhost")).hasMessageContaining("nats://");
        assertThatThrownBy(() -> NatsLinkOptions.of("nats://a,tls://b")).hasMessageContaining("all of them, or none");
        assertThatThrownBy(() -> options("nats://a").withPrefix("a..b")).hasMessageContaining("prefix");
        assertThat(NatsLinkOptions.of("nats://a:b%2Bc+d@host").login()).contains(new NatsLogin("a", "b+c+d"));
        assertThat(NatsLinkOptions.of("nats://a:topsecret@host").toString()).doesNotContain("topsecret");
    }
}
