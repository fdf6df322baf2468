package dev.signalbox.testing.endpoint;

import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.ClientGateway.Admission;
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

/**
 * An endpoint whose clients connect by method call. All that is sent to a client is kept by it, without a bound: for tests only.
 * Thread-safe.
 */
public final class StubEndpoint implements Endpoint {
    private final List<StubClient> clients = new CopyOnWriteArrayList<>();
    private volatile @Nullable ClientGateway gateway;
    private volatile boolean accepting;

    private StubEndpoint() {}

    /** An endpoint that is not started: give it to {@link dev.signalbox.router.Router#attach}. */
    public static StubEndpoint create() {
        return new StubEndpoint();
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

    /**
     * Connects a client of this name.
     *
     * @throws IllegalStateException if the router does not let it in, or the endpoint is not started or closed
     */
    public StubClient connect(String user) {
        return connect(new Principal(user, Map.of()));
    }

    /**
     * Connects a client for whom a token would stand.
     *
     * @throws IllegalStateException if the router does not let it in, or the endpoint is not started or closed
     */
    public StubClient connect(Principal principal) {
        ClientGateway router = gateway;
        if (router == null || !accepting) {
            throw new IllegalStateException("the endpoint lets nobody in: attach it to a router that is not closed");
        }
        StubClient client = new StubClient(clients::remove);
        clients.add(client);
        switch (router.connect(principal, client.connection())) {
            case Admission.Admitted(var session) -> client.begin(session);
            case Admission.Refused(CloseReason reason) -> {
                clients.remove(client);
                throw new IllegalStateException("the router does not let " + principal.user() + " in: " + reason);
            }
        }
        return client;
    }

    @Override
    public URI address() {
        return URI.create("stub:endpoint");
    }

    @Override
    public void stopAccepting() {
        accepting = false;
    }

    @Override
    public void close() {
        stopAccepting();
        clients.forEach(client -> client.end(CloseReason.RESTARTING));
    }
}
