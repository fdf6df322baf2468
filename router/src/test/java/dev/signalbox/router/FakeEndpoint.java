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

    @Override
    public void start(ClientGateway router) {
        gateway = router;
    }

    ClientGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    ClientSession connect(String id, Connection connection) {
        return ((ClientGateway.Admission.Admitted)
                        gateway().connect(new Principal(id, Map.of("role", "tester")), connection))
                .session();
    }

    @Override
    public URI address() {
        return URI.create("fake:endpoint");
    }

    @Override
    public boolean broadcast(Message message) {
        return takesBroadcasts && broadcast.add(message);
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
