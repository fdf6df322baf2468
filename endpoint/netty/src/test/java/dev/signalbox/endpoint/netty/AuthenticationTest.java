package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many tokens are looked at at a time, and what ends it. */
@Timeout(120)
class AuthenticationTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();

    private Optional<Principal> authenticate(String token) {
        most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        try {
            release.await();
            return Optional.of(new Principal(token, Map.of()));
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw new IllegalStateException("interrupted", e);
        } finally {
            underWay.decrementAndGet();
        }
    }

    private Endpoint open(Router router, Transport transport) {
        Endpoint endpoint =
                WebSocketEndpoint.create(transport.loops(), transport.apply(WireFixture.OPTIONS), this::authenticate);
        router.attach(endpoint);
        return endpoint;
    }

    private static RawClient dial(Transport transport, Endpoint endpoint, int number) throws IOException {
        RawClient client = new RawClient(transport.open(endpoint.address().getPort()));
        assertThat(client.upgrade("/ws?access_token=c" + number).status()).isEqualTo(101);
        return client;
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void theAuthenticationOfAConnectionThatDiesIsInterrupted(Transport transport) throws IOException {
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            Endpoint endpoint = open(router, transport);
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                clients.add(dial(transport, endpoint, i));
            }
            await().atMost(SOON).until(() -> underWay.get() == 60);
            for (RawClient client : clients) {
                client.close();
            }
            await().atMost(SOON).until(() -> interrupted.get() == 60 && underWay.get() == 0);
            assertThat(router.connected()).isZero();
        } finally {
            release.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NATIVE", "NIO"})
    void onlySoManyAreUnderWayAndTheOthersWait(Transport transport) throws IOException {
        int all = WebSocketEndpoint.MAX_AUTHENTICATIONS + 20;
        try (Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO))) {
            Endpoint endpoint = open(router, transport);
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < all; i++) {
                clients.add(dial(transport, endpoint, i));
            }
            await().atMost(SOON).until(() -> underWay.get() == WebSocketEndpoint.MAX_AUTHENTICATIONS);
            release.countDown();
            await().atMost(SOON).until(() -> router.connected() == all);
            assertThat(most).hasValue(WebSocketEndpoint.MAX_AUTHENTICATIONS);
            for (RawClient client : clients) {
                client.close();
            }
        } finally {
            release.countDown();
        }
    }
}
