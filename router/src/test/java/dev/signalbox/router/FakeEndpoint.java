package dev.signalbox.router;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** An endpoint whose clients connect by method call. */
final class FakeEndpoint implements Endpoint {
    final Queue<Message> broadcast = new ConcurrentLinkedQueue<>();
    boolean takesBroadcasts = true;
    boolean accepting = true;
    boolean closed;
    Runnable onStopAccepting = () -> {};
    private @Nullable ClientGateway gateway;

    /** What it takes over for all. */
    private final class Everyone implements Shard {
        @Override
        public boolean reserve(Message message) {
            return takesBroadcasts;
        }

        @Override
        public void release(Message message) {
            // Nothing was counted.
        }

        @Override
        public void publish(Topic topic, Publication publication) {
            broadcast.add(publication.message());
        }
    }

    @Override
    public void start(ClientGateway router) {
        gateway = router;
        router.everyone().attach(new Everyone());
    }

    ClientGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    ClientSession connect(String user, Connection connection) {
        return ((ClientGateway.Admission.Admitted)
                        gateway().connect(new Principal(user, Map.of("role", "tester")), connection))
                .session();
    }

    @Override
    public URI address() {
        return URI.create("fake:endpoint");
    }

    @Override
    public void stopAccepting() {
        accepting = false;
        onStopAccepting.run();
    }

    @Override
    public void close() {
        closed = true;
    }
}
