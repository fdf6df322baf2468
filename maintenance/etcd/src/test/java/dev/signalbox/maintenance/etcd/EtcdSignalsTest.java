package dev.signalbox.maintenance.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSourceException;
import dev.signalbox.testing.contract.SignalSourceContract;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Signals in a real etcd. */
class EtcdSignalsTest extends SignalSourceContract {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String LOGIN = "{\"name\":\"root\",\"password\":\"secret\"}";
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
    private static final Pattern REVISION = Pattern.compile("\"revision\":\"(\\d+)\"");

    private final String key = "/maintenance/" + UUID.randomUUID();

    @Override
    protected SharedSignals open() {
        return at(RealEtcd.shared().url());
    }

    private EtcdSignals at(URI... endpoints) {
        return EtcdSignals.watching("etcd", HTTP, EtcdOptions.of(key, endpoints).withTimeout(Duration.ofSeconds(3)));
    }

    private String keyed(String more) {
        return "{\"key\":\"" + base64(key) + "\"" + more + "}";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    private static Optional<Signal> on() {
        return Optional.of(Signal.of("etcd", ""));
    }

    /** As with etcdctl: put true, put false, del. */
    @Test
    void aWordThatIsPutByHandIsEnough() {
        Heard heard = heard(source());
        RealEtcd etcd = RealEtcd.shared();
        etcd.ask("/v3/kv/put", keyed(",\"value\":\"" + base64("true") + "\""));
        heard.hears(on());
        etcd.ask("/v3/kv/put", keyed(",\"value\":\"" + base64("false") + "\""));
        heard.hears(Optional.empty());
        etcd.ask("/v3/kv/put", keyed(",\"value\":\"" + base64("Maintenance") + "\""));
        heard.hears(on());
        etcd.ask("/v3/kv/deleterange", keyed(""));
        heard.hears(Optional.empty());
    }

    @Test
    void itSurvivesARestartOfEtcd() {
        try (RealEtcd etcd = RealEtcd.start()) {
            EtcdSignals source = at(etcd.url());
            Heard heard = heard(source);
            source.publish(WISH);
            heard.hears(Optional.of(WISH));
            etcd.kill();
            await().atMost(LONG).untilAsserted(() -> assertThat(heard.lost).isNotEmpty());
            assertThatThrownBy(source::withdraw).isInstanceOf(SignalSourceException.class);
            assertThat(heard.said).endsWith(Optional.of(WISH));
            etcd.startAgain();
            eventually(source::withdraw);
            heard.hears(Optional.empty());
            source.publish(WISH);
            heard.hears(Optional.of(WISH));
            source.close();
        }
    }

    /**
     * Reported: etcd-io/jetcd#1134, whose client asks without a pause while etcd is away. Reads come every two seconds, watches twice a
     * second.
     */
    @Test
    void anEtcdThatIsAwayIsAskedAFewTimesASecondAtMost() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (ServerSocket refusing = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> hangUp(refusing, asked));
            long begun = System.nanoTime();
            Heard heard = heard(at(URI.create("http://127.0.0.1:" + refusing.getLocalPort())));
            await().atMost(LONG).untilAsserted(() -> assertThat(heard.lost).hasSizeGreaterThan(1));
            long halfSeconds = (System.nanoTime() - begun) / 500_000_000 + 1;
            // Each request may be repeated once by Java's client.
            assertThat(asked.get()).isPositive().isLessThanOrEqualTo((int) (4 * (halfSeconds + 1)));
        }
    }

    private static void hangUp(ServerSocket socket, AtomicInteger asked) {
        while (!socket.isClosed()) {
            try {
                socket.accept().close();
                asked.incrementAndGet();
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    /** What happened while the wire was cut is compacted away, so no watch could tell it. */
    @Test
    void itSurvivesACompactionWhileItIsAway() {
        RealEtcd etcd = RealEtcd.shared();
        try (FaultProxy proxy = FaultProxy.before(etcd.port())) {
            EtcdSignals source = at(RealEtcd.url(proxy.port()));
            Heard heard = heard(source);
            heard.hears(Optional.empty());
            proxy.cut();
            etcd.ask("/v3/kv/put", keyed(",\"value\":\"" + base64("off") + "\""));
            String answer = etcd.ask("/v3/kv/put", keyed(",\"value\":\"" + base64("on") + "\""));
            Matcher revision = REVISION.matcher(answer);
            assertThat(revision.find()).as(answer).isTrue();
            etcd.ask("/v3/kv/compaction", "{\"revision\":" + revision.group(1) + "}");
            proxy.heal();

            heard.hears(on());
            source.withdraw();
            heard.hears(Optional.empty());
            source.close();
        }
    }

    @Test
    void ofSeveralMembersOneThatAnswersIsEnough() {
        EtcdSignals source =
                at(URI.create("http://127.0.0.1:1"), RealEtcd.shared().url());
        Heard heard = heard(source);
        await().atMost(LONG).untilAsserted(() -> assertThat(heard.said).isNotEmpty());
        RealEtcd.shared().ask("/v3/kv/put", keyed(",\"value\":\"" + base64("on") + "\""));

        heard.hears(on());
        source.close();
    }

    /** A token of etcd is forgotten by its restart; a new one is taken. */
    @Test
    void itLogsInAndAgainAfterItsTokenIsForgotten() {
        try (RealEtcd etcd = RealEtcd.start()) {
            demandLogin(etcd);
            EtcdOptions options = EtcdOptions.of(key, etcd.url()).withTimeout(Duration.ofSeconds(3));
            EtcdSignals anonymous = EtcdSignals.watching("anonymous", HTTP, options);
            Heard stranger = heard(anonymous);
            await().atMost(LONG).untilAsserted(() -> assertThat(stranger.lost).isNotEmpty());
            assertThat(stranger.said).isEmpty();
            anonymous.close();

            EtcdSignals source = EtcdSignals.watching("etcd", HTTP, options.withUser("root", "secret"));
            Heard heard = heard(source);
            source.publish(WISH);
            heard.hears(Optional.of(WISH));
            etcd.kill();
            etcd.startAgain();
            eventually(source::withdraw);
            heard.hears(Optional.empty());
            source.close();
        }
    }

    private static void demandLogin(RealEtcd etcd) {
        etcd.ask("/v3/auth/user/add", LOGIN);
        etcd.ask("/v3/auth/role/add", "{\"name\":\"root\"}");
        etcd.ask("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
        etcd.ask("/v3/auth/enable", "{}");
    }

    /** Nothing tells of it but the next refusal. */
    @Test
    void itLogsInAgainAfterItsTokenHasRunOut() {
        try (RealEtcd etcd = RealEtcd.start("--auth-token-ttl=1")) {
            demandLogin(etcd);
            EtcdOptions options = EtcdOptions.of(key, etcd.url()).withTimeout(Duration.ofSeconds(3));
            EtcdSignals source = EtcdSignals.watching("etcd", HTTP, options.withUser("root", "secret"));
            Heard heard = heard(source);
            source.publish(WISH);
            heard.hears(Optional.of(WISH));
            Matcher token = TOKEN.matcher(etcd.ask("/v3/auth/authenticate", LOGIN));
            assertThat(token.find()).isTrue();
            // Each use would prolong it, hence the long intervals.
            await().atMost(LONG).pollInterval(Duration.ofSeconds(3)).until(() -> !isGood(etcd, token.group(1)));

            source.withdraw();

            heard.hears(Optional.empty());
            source.close();
        }
    }

    private boolean isGood(RealEtcd etcd, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(etcd.url().resolve("/v3/kv/range"))
                .header("Authorization", token)
                .POST(HttpRequest.BodyPublishers.ofString(keyed("")))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    }

    /** A connection that broke with etcd may be tried once more. */
    private static void eventually(Runnable change) {
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(SignalSourceException.class)
                .until(() -> {
                    change.run();
                    return true;
                });
    }

    @Test
    void aPasswordIsNotShown() {
        assertThat(EtcdOptions.of(key, RealEtcd.url(1))
                        .withUser("root", "secret")
                        .toString())
                .contains("root")
                .doesNotContain("secret");
        assertThatThrownBy(() -> EtcdOptions.of(key)).hasMessageContaining("endpoints");
        assertThatThrownBy(() -> EtcdOptions.of(key, URI.create("localhost:2379")))
                .hasMessageContaining("https://");
        assertThat(List.of(EtcdOptions.of(key, RealEtcd.url(1)).timeout())).containsExactly(Duration.ofSeconds(5));
    }
}
