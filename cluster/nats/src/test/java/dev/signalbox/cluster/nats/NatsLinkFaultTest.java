package dev.signalbox.cluster.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkException;
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
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a NATS server does to its links: it freezes, leaves, refuses, and sends faster than they read. */
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
        ClusterLink link = closing(new NatsLink(options, bounds));
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

    private static ClusterLinkException failure(CompletionStage<Void> stage) throws Exception {
        try {
            done(stage);
        } catch (ExecutionException e) {
            return Objects.requireNonNull((ClusterLinkException) e.getCause());
        }
        throw new AssertionError("it did not fail");
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

    /** The kernel goes on answering for it, so that nothing but the missing echo tells. */
    @Test
    void aFrozenServerIsNoticedAndWhatItWasGivenFails() throws Exception {
        RealNats nats = nats();
        ClusterLink link = up(options(nats.url()).withSilence(Duration.ofSeconds(2)), recorder);
        done(link.subscribe(NODE));
        nats.freeze();

        ClusterLinkException failure = firstFailure(link);
        recorder.awaitCount(Kind.DOWN, 1);
        assertThat(failure.maybeSent()).isTrue();
        assertThat(failure(link.publish(NODE, bytes("not given at all"))).maybeSent())
                .isFalse();

        nats.thaw();
        recorder.awaitCount(Kind.UP, 2);
        assertThat(recorder.count(Kind.LOST)).isPositive();
        await().atMost(SOON).until(() -> {
            link.publish(NODE, bytes("after"));
            return recorder.texts(NODE).contains("after");
        });
        assertThat(recorder.texts(NODE)).doesNotContain("not given at all");
    }

    @Test
    void whatWaitsForAServerIsBounded() throws Exception {
        RealNats nats = nats();
        NatsLinkOptions patient = options(nats.url()).withSilence(Duration.ofMinutes(1));
        ClusterLink link = started(patient, new NatsBounds(1_000, 1_000, 1_000), recorder);
        recorder.awaitCount(Kind.UP, 1);
        nats.freeze();

        List<CompletionStage<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(link.publish(NODE, new byte[100]));
        }

        ClusterLinkException failure = failure(sent.getLast());
        assertThat(failure.maybeSent()).isFalse();
        assertThat(failure).hasMessageContaining("too much waits");
        nats.thaw();
        done(sent.getFirst());
        done(link.publish(NODE, bytes("there is room again")));
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
        assertEachGapWasTold();
    }

    private void assertEachGapWasTold() {
        int expected = 0;
        boolean lossTold = false;
        for (Event event : recorder.events()) {
            lossTold |= event.kind() == Kind.LOST;
            if (event.kind() == Kind.RECEIVED && !"end".equals(event.text())) {
                int number = Integer.parseInt(String.valueOf(event.text()));
                assertThat(number).isGreaterThanOrEqualTo(expected);
                assertThat(number == expected || lossTold)
                        .as("%d came where %d was due, and no loss was told", number, expected)
                        .isTrue();
                expected = number + 1;
                lossTold = false;
            }
        }
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
