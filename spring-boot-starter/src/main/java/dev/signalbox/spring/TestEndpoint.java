package dev.signalbox.spring;

import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An endpoint without a port, in a {@link SignalboxTest}: the test itself is the clients. Thread-safe. */
public final class TestEndpoint implements Endpoint {
    private final List<TestClient> clients = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClientGateway gateway;
    private volatile boolean accepting;

    TestEndpoint() {}

    /**
     * Connects a user, as a client with a valid token does.
     *
     * @throws IllegalStateException if the router does not let the client in, or the application has stopped
     */
    public TestClient connect(String user) {
        ClientGateway known = gateway;
        if (known == null || !accepting) {
            throw new IllegalStateException("the router takes no clients: it has not started, or it drains");
        }
        var client = new TestClient(clients::remove);
        // Before connecting: the router may close the connection at once, which removes the client.
        clients.add(client);
        switch (known.connect(new Principal(user, Map.of()), client.connection())) {
            case ClientGateway.Admission.Admitted admitted -> client.admitted(admitted.session());
            case ClientGateway.Admission.Refused refused -> {
                clients.remove(client);
                throw new IllegalStateException("the router refused " + user + ": " + refused.reason());
            }
        }
        return client;
    }

    /** Hands what goes to all to every client. */
    private final class Everyone implements Shard {
        @Override
        public boolean reserve(Message message) {
            return true;
        }

        @Override
        public void release(Message message) {
            // Nothing was counted.
        }

        @Override
        public void publish(Topic topic, Publication publication) {
            clients.forEach(client -> client.take(publication.message()));
        }
    }

    @Override
    public void start(ClientGateway router) {
        gateway = router;
        router.everyone().attach(new Everyone());
        accepting = true;
    }

    @Override
    public URI address() {
        return URI.create("test://clients");
    }

    @Override
    public void stopAccepting() {
        accepting = false;
    }

    @Override
    public void close() {
        accepting = false;
        clients.forEach(client -> client.end(CloseReason.RESTARTING));
    }
}
