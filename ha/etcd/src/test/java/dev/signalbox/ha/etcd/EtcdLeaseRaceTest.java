package dev.signalbox.ha.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseState;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.testing.services.RealEtcd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What another does between two requests of one step: a proxy lets it, before it passes the second on. */
class EtcdLeaseRaceTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String TRANSACTION = "/v3/kv/txn";
    private static final String GRANT = "/v3/lease/grant";
    private static final String RENEWAL = "/v3/lease/keepalive";

    private final String prefix = "/" + UUID.randomUUID() + "/";
    private final HttpClient client = HttpClient.newHttpClient();
    /** The clock of the store behind the proxy. */
    private final AtomicLong nanos = new AtomicLong();
    /** What happens once before a request, by its path. */
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    /** The last request of each path. */
    private final Map<String, String> requests = new ConcurrentHashMap<>();

    private HttpServer proxy;
    private LeaseStore store;
    private LeaseStore other;

    @BeforeEach
    void open() throws IOException {
        proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", this::passOn);
        proxy.start();
        List<URI> throughProxy = List.of(RealEtcd.url(proxy.getAddress().getPort()));
        store = new EtcdStore(
                new Gateway(client, throughProxy, Optional.empty(), Duration.ofSeconds(30)), prefix, nanos::get);
        other = EtcdLeases.open(client, List.of(RealEtcd.shared().url()), prefix);
    }

    @AfterEach
    void close() {
        proxy.stop(0);
        client.close();
    }

    private void passOn(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Optional.ofNullable(before.remove(path)).ifPresent(Runnable::run);
            String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.put(path, request);
            byte[] answer = ask(path, request);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private byte[] ask(String path, String request) throws IOException {
        try {
            HttpResponse<byte[]> answer = client.send(
                    HttpRequest.newBuilder(RealEtcd.shared().url().resolve(path))
                            .POST(BodyPublishers.ofString(request))
                            .build(),
                    BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while etcd was asked", e);
        }
    }

    private static long granted(LeaseStore store, String owner) {
        Acquisition result = store.acquire("a", owner, LONG);
        assertThat(result).isInstanceOf(Acquisition.Granted.class);
        return ((Acquisition.Granted) result).epoch();
    }

    @Test
    void whatAnotherTookMeanwhileIsNotTaken() {
        before.put(TRANSACTION, () -> granted(other, "two"));

        assertThat(store.acquire("a", "one", LONG)).isInstanceOf(Acquisition.Refused.class);

        assertThat(other.find("a").map(LeaseState::owner)).contains("two");
    }

    @Test
    void aTermThatBeganMeanwhileIsNotReleased() {
        long epoch = granted(store, "one");
        before.put(TRANSACTION, () -> granted(other, "one"));

        assertThat(store.release("a", "one", epoch)).isFalse();

        assertThat(other.find("a"))
                .hasValueSatisfying(held -> assertThat(held.epoch()).isGreaterThan(epoch));
    }

    @Test
    void aLeaseThatEndedMeanwhileIsNotRenewed() {
        long epoch = granted(store, "one");
        before.put(RENEWAL, () -> other.release("a", "one", epoch));

        assertThat(store.renew("a", "one", epoch, LONG)).isFalse();
    }

    /** The last renewal is not the one any more that the other saw for so long. */
    @Test
    void aLeaseThatIsRenewedMeanwhileIsNotTaken() {
        long epoch = granted(other, "one");
        assertThat(store.acquire("a", "two", LONG)).isInstanceOf(Acquisition.Refused.class);
        nanos.addAndGet(LONG.toNanos());
        before.put(
                TRANSACTION,
                () -> assertThat(other.renew("a", "one", epoch, LONG)).isTrue());

        assertThat(store.acquire("a", "two", LONG)).isInstanceOf(Acquisition.Refused.class);

        assertThat(before).isEmpty();
        assertThat(other.renew("a", "one", epoch, LONG)).isTrue();
    }

    @Test
    void aLeaseThatIsTakenMeanwhileIsNotRenewed() {
        long epoch = granted(store, "one");
        before.put(TRANSACTION, () -> {
            assertThat(other.release("a", "one", epoch)).isTrue();
            granted(other, "two");
        });

        assertThat(store.renew("a", "one", epoch, LONG)).isFalse();

        assertThat(other.find("a").map(LeaseState::owner)).contains("two");
    }

    /** A holder that counts on 2.5 s would be followed while it still acts. */
    @Test
    void aPartOfASecondBecomesAWholeOne() {
        store.acquire("a", "one", Duration.ofMillis(2_001));

        assertThat(requests.get(GRANT)).contains("\"TTL\":3");
    }
}
