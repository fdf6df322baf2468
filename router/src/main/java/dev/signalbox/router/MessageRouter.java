package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The router: what is let in, who is connected, and the lifecycle; {@link Routing} does the rest. It has no thread of its
 * own for messages. A message is routed on the thread that sends it, which is what keeps the order, and nobody waits for
 * anybody on the way.
 */
final class MessageRouter implements Router, ClientGateway {
    private static final Duration DRAIN_POLL = Duration.ofMillis(1);

    private final RouterOptions options;
    private final RouterListener listener;
    private final InstantSource clock;
    private final Limits limits;
    private final Clients clients = new Clients();
    private final Deadlines deadlines;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final LogicTable logics;
    private final MiddlewareChain receiving;
    private final MiddlewareChain sending;
    private final Routing routing;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean draining;
    private volatile boolean closed;

    MessageRouter(RouterOptions options, RouterListener listener, InstantSource clock) {
        this.options = options;
        this.listener = new SafeListener(listener);
        this.clock = clock;
        this.limits = new Limits(options);
        this.deadlines = new Deadlines(clock);
        this.requests = new Requests(options.maxRequests(), deadlines);
        this.acknowledgements = new Acknowledgements(options.acknowledgements(), clients, deadlines, this.listener);
        this.logics = new LogicTable(this, requests, this.listener);
        this.receiving = new MiddlewareChain(this.listener);
        this.sending = new MiddlewareChain(this.listener);
        this.routing = new Routing(clients, logics, requests, acknowledgements, sending, this.listener);
    }

    InstantSource clock() {
        return clock;
    }

    @Override
    public int maxPayloadBytes() {
        return options.maxPayloadBytes();
    }

    @Override
    public void attach(Endpoint endpoint) {
        if (draining) {
            throw new IllegalStateException("the router is shutting down and takes no new endpoint");
        }
        endpoint.start(this);
        routing.endpoints().add(endpoint);
    }

    @Override
    public void add(String name, Logic logic) {
        logics.add(name, logic);
    }

    @Override
    public boolean remove(String name) {
        return logics.remove(name);
    }

    @Override
    public void onReceive(Middleware middleware) {
        receiving.add(middleware);
    }

    @Override
    public void onSend(Middleware middleware) {
        sending.add(middleware);
    }

    @Override
    public SendReport send(Message message) {
        return send(fromServer(message));
    }

    @Override
    public CompletionStage<Message> request(Message message, Duration within) {
        return request(fromServer(message), within);
    }

    @Override
    public CompletionStage<AckResult> sendAcknowledged(Message message, Duration within) {
        return sendAcknowledged(fromServer(message), within);
    }

    SendReport receive(Message message) {
        return send(fromClient(message));
    }

    CompletionStage<Message> receiveRequest(Message message, Duration within) {
        return request(fromClient(message), within);
    }

    CompletionStage<AckResult> receiveAcknowledged(Message message, Duration within) {
        return sendAcknowledged(fromClient(message), within);
    }

    @Nullable
    Address requester(UUID request) {
        return requests.requester(request);
    }

    boolean acknowledged(Address.Client client, UUID message, AckResult result) {
        return acknowledgements.answer(client, message, result);
    }

    /** A message at the entrance, and what stops it there, if anything does. */
    private record Entrant(Message message, @Nullable RouteError error) {}

    private Entrant fromServer(Message message) {
        return new Entrant(message, closed ? RouteError.closing() : limits.check(message));
    }

    private Entrant fromClient(Message message) {
        listener.received(message);
        // While draining, replies are still wanted: they are what somebody inside waits for.
        boolean unwanted = draining && !(message.intent() instanceof Intent.Reply);
        RouteError error = unwanted ? RouteError.closing() : limits.check(message);
        if (error != null) {
            return new Entrant(message, error);
        }
        Message seen = receiving.apply(message);
        return seen.verdict() instanceof Verdict.Rejected rejected
                ? new Entrant(message, RouteError.rejected(rejected.reason()))
                : new Entrant(seen, null);
    }

    private SendReport send(Entrant entrant) {
        return entrant.error() != null
                ? routing.refuse(entrant.message(), entrant.error())
                : routing.route(entrant.message());
    }

    private CompletableFuture<Message> request(Entrant entrant, Duration within) {
        RouteError error = entrant.error() != null ? entrant.error() : checkWait(within);
        if (error != null) {
            routing.refuse(entrant.message(), error);
            return CompletableFuture.failedFuture(new RequestException(error));
        }
        return unlessClosed(routing.ask(entrant.message(), after(within)));
    }

    private CompletableFuture<AckResult> sendAcknowledged(Entrant entrant, Duration within) {
        RouteError error = entrant.error() != null ? entrant.error() : checkWait(within);
        return error != null
                ? CompletableFuture.completedFuture(routing.refuseAck(entrant.message(), error))
                : unlessClosed(routing.confirm(entrant.message(), after(within)));
    }

    private static @Nullable RouteError checkWait(Duration within) {
        return within.isPositive()
                ? null
                : RouteError.of(ErrorCode.MALFORMED, "the time to wait must be greater than zero, not " + within);
    }

    private Instant after(Duration within) {
        return clock.instant().plus(within.compareTo(options.maxWait()) < 0 ? within : options.maxWait());
    }

    @Override
    public Admission connect(ClientIdentity identity, Connection connection) {
        if (draining) {
            return new Admission.Refused(CloseReason.RESTARTING);
        }
        LiveClient client = new LiveClient(identity, connection, this);
        if (!register(client)) {
            return new Admission.Refused(CloseReason.ALREADY_CONNECTED);
        }
        listener.connected(client.client());
        acknowledgements.pump(identity.id());
        return new Admission.Admitted(client);
    }

    private boolean register(LiveClient client) {
        if (options.duplicateClient() == RouterOptions.DuplicateClient.REFUSE) {
            return clients.addIfAbsent(client);
        }
        LiveClient replaced = clients.replace(client);
        if (replaced != null) {
            replaced.close(CloseReason.REPLACED);
            disconnected(replaced, CloseReason.REPLACED);
        }
        return true;
    }

    void disconnected(LiveClient client, CloseReason reason) {
        clients.remove(client);
        if (client.end()) {
            listener.disconnected(client.client(), reason);
        }
    }

    @Override
    public List<ClientInfo> clients() {
        return clients.all().stream().map(LiveClient::client).toList();
    }

    @Override
    public Optional<ClientInfo> client(String id) {
        return Optional.ofNullable(clients.find(id)).map(LiveClient::client);
    }

    @Override
    public boolean disconnect(String id, CloseReason reason) {
        LiveClient client = clients.find(id);
        if (client == null) {
            return false;
        }
        client.close(reason);
        return true;
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        draining = true;
        routing.endpoints().forEach(Endpoint::stopAccepting);
        long start = System.nanoTime();
        while (logics.pending() > 0) {
            if (System.nanoTime() - start >= deadline.toNanos()) {
                return false;
            }
            Thread.sleep(DRAIN_POLL);
        }
        return true;
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        drainBeforeClosing();
        closed = true;
        routing.endpoints().forEach(Endpoint::close);
        logics.stop();
        endWaiting();
        deadlines.close();
    }

    private void endWaiting() {
        requests.failAll(RouteError.closing());
        acknowledgements.closeAll();
    }

    /** Nobody would end what began to wait just after close() ended all that waited. */
    private <T> T unlessClosed(T waiting) {
        if (closed) {
            endWaiting();
        }
        return waiting;
    }

    private void drainBeforeClosing() {
        try {
            drain(options.drain());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
