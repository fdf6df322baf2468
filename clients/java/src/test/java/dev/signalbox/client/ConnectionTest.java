package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection alone. */
@Timeout(120)
class ConnectionTest {
    /** More than calls, acknowledgements and answers to pings can be. */
    private static final int TOO_MANY = (1 << 20) + 2;

    @Test
    void whatAServerDoesNotReadIsNotKeptWithoutABound() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        List<Throwable> faults = new CopyOnWriteArrayList<>();
        Loop loop = new Loop(faults::add);
        HttpClient http = HttpClient.newHttpClient();
        try (ScriptedServer server = new ScriptedServer()) {
            Connection.open(http, server.url(), Duration.ofSeconds(60), loop, new Connection.Owner() {
                @Override
                public void opened(Connection connection) {
                    for (int i = 0; i < TOO_MANY; i++) {
                        connection.write("{}");
                    }
                }

                @Override
                public void text(Connection connection, String text) {}

                @Override
                public void ponged(Connection connection) {}

                @Override
                public void ended(Connection connection, int code, String reason) {
                    ended.complete(reason);
                }
            });
            server.accept();

            assertThat(ClientFixture.get(ended)).isEqualTo("the server does not read");
        } finally {
            http.shutdownNow();
            loop.end();
        }
        assertThat(faults).isEmpty();
    }
}
