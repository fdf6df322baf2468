package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Router;
import dev.signalbox.router.SessionInfo;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How fast clients are sent to the other nodes. Reported: firezone/firezone#11493, where all of them came back at once. */
class ConnectionDrainTest {
    private static final int CLIENTS = 5_000;
    private static final Duration TURN = Duration.ofMillis(50);

    private final Map<UUID, SessionInfo> sessions = new LinkedHashMap<>();
    private final List<Long> disconnects = new ArrayList<>();
    private final List<CloseReason> reasons = new ArrayList<>();

    /** Knows the sessions and nothing else. */
    private final Router router = (Router) Proxy.newProxyInstance(
            Router.class.getClassLoader(),
            new Class<?>[] {Router.class},
            (_, method, arguments) -> answer(method, arguments));

    private Object answer(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "sessions" -> List.copyOf(sessions.values());
            case "connected" -> sessions.size();
            case "disconnect" -> disconnect((UUID) arguments[0], (CloseReason) arguments[1]);
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private boolean disconnect(UUID session, CloseReason reason) {
        disconnects.add(System.nanoTime());
        reasons.add(reason);
        return sessions.remove(session) != null;
    }

    private void connect(int clients) {
        for (int i = 0; i < clients; i++) {
            var id = new UUID(0, i);
            sessions.put(
                    id, new SessionInfo(id, "user-" + i, Map.of(), "127.0.0.1", Instant.EPOCH, Instant.EPOCH, true));
        }
    }

    /** A busy machine only makes it slower, so that it is never faster is what can be shown. */
    @Test
    void clientsGoNoFasterThanConfigured() throws Exception {
        connect(CLIENTS);
        int aTurn = 250;

        assertThat(new ConnectionDrain(router, 5_000, Duration.ofMinutes(1)).drain(Duration.ofMinutes(1)))
                .isZero();

        assertThat(disconnects).hasSize(CLIENTS);
        assertThat(reasons).containsOnly(CloseReason.RESTARTING);
        for (int i = 0; i < CLIENTS; i++) {
            long turns = i / aTurn;
            assertThat(disconnects.get(i) - disconnects.getFirst())
                    .as("the wait before client %d", i)
                    .isGreaterThanOrEqualTo(turns * TURN.toNanos());
        }
    }

    @Test
    void theyGoFasterWhereTheDeadlineDemandsIt() throws Exception {
        connect(CLIENTS);

        assertThat(new ConnectionDrain(router, 1, Duration.ofSeconds(30)).drain(Duration.ofSeconds(2)))
                .isZero();

        assertThat(disconnects).hasSize(CLIENTS);
    }

    @Test
    void withNobodyConnectedThereIsNothingToWaitFor() throws Exception {
        var drain = new ConnectionDrain(router, 1, Duration.ofMinutes(1));

        assertThat(drain.drain(Duration.ofMinutes(1))).isZero();
        assertThat(drain.underWay()).isZero();
    }
}
