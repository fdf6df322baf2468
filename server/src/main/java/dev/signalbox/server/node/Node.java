package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.attachments.Attachments;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.suppression.SuppressionList;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Authorizer;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterListener;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.RequestFilter;
import dev.signalbox.server.rest.Role;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What features share, and where they add what they do. The database, the queue and the router are opened when a feature
 * first asks for them, so that a node without such a feature goes without.
 *
 * <p>Confined to the thread that starts the server until that is done; afterwards what it hands out may be used by any
 * thread, and nothing is added any more.
 */
public final class Node {
    private final NodeSettings settings;
    private final InstantSource clock = InstantSource.system();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final HealthBoard health = new HealthBoard(clock);
    private final Channels channels = new Channels();
    private final List<DispatcherListener> dispatcherListeners = new ArrayList<>();
    private final List<Api> apis = new ArrayList<>();
    private final List<Runnable> openings = new ArrayList<>();
    private final List<Runnable> readies = new ArrayList<>();
    private final Queue<Runnable> stoppings = new ConcurrentLinkedQueue<>();
    private final Map<String, Supplier<URI>> addresses = new LinkedHashMap<>();
    private final Map<String, Function<Role, Object>> overview = new LinkedHashMap<>();
    private final Map<String, Supplier<Object>> status = new LinkedHashMap<>();
    private final Closing closing;
    private final StoredParts stored;
    private final RoutedParts routed;
    private final NodeDrain drain;
    private ControlPlane.Bounds bounds;
    private MessagePreparation preparation = (message, violations) -> message;
    private @Nullable RequestFilter aroundRequests;
    private @Nullable GatedDispatcher dispatcher;
    private @Nullable SuppressionList suppressions;
    private @Nullable Attachments attachments;

    Node(NodeSettings settings, Closing closing) {
        this.settings = settings;
        this.bounds = ControlPlane.Bounds.of(settings.control());
        this.closing = closing;
        this.stored = new StoredParts(this, closing);
        this.drain = new NodeDrain(settings, closing, clock);
        this.routed = new RoutedParts(settings, closing, clock, drain);
    }

    public NodeSettings settings() {
        return settings;
    }

    public InstantSource clock() {
        return clock;
    }

    public MeterRegistry registry() {
        return registry;
    }

    PrometheusMeterRegistry prometheus() {
        return registry;
    }

    /**
     * The node's database; waits half a minute for one that starts at the same time.
     *
     * @throws StartupException if it cannot be opened
     */
    public Database database() {
        return stored.database();
    }

    /** The durable queue, in the node's database. */
    public DeliveryQueue queue() {
        return stored.queue();
    }

    /** What providers told of messages after they took them, in the node's database. */
    public DeliveryReceipts receipts() {
        return stored.receipts();
    }

    /** The queue as entrances see it, where messages come in from outside. */
    public DeliveryQueue intake() {
        return stored.intake();
    }

    void intake(DeliveryQueue other) {
        stored.intake(other);
    }

    /** Registers the dispatcher, so that other features can pause and resume it. Called by the feature that owns it. */
    public void dispatcher(GatedDispatcher owned) {
        dispatcher = owned;
    }

    public Optional<GatedDispatcher> dispatcher() {
        return Optional.ofNullable(dispatcher);
    }

    /** Registers the suppression list, so that other features can add to it. Called by the feature that owns it. */
    public void suppressions(SuppressionList owned) {
        suppressions = owned;
    }

    public Optional<SuppressionList> suppressions() {
        return Optional.ofNullable(suppressions);
    }

    /** Registers the store of attachments, so that channels can attach them. Called by the feature that owns it. */
    public void attachments(Attachments owned) {
        attachments = owned;
    }

    public Optional<Attachments> attachments() {
        return Optional.ofNullable(attachments);
    }

    public Router router() {
        return routed.router();
    }

    /** Changes the router's options. Before the router is first asked for. */
    public void routing(UnaryOperator<RouterOptions> change) {
        routed.routing(change);
    }

    /**
     * Has topics whose names begin so decided on by {@code owner} alone, whatever the rules of others say; and patterns that stand for
     * such topics, too, by it.
     */
    public void reserveTopics(String beginning, Authorizer owner) {
        routed.reserve(beginning, owner);
    }

    /** Has {@code change} look after what tells who a client's token stands for. Before the feature that lets clients in. */
    public void aroundAuthentication(UnaryOperator<Authenticator> change) {
        routed.aroundAuthentication(change);
    }

    /** Tells who a client's token stands for, as {@code tokens} says, and as features have changed that. */
    public Authenticator authenticator(Authenticator tokens) {
        return routed.authenticator(tokens);
    }

    /** Decides as {@code otherwise}, but on topics that features have reserved by now as these say. */
    public Authorizer authorizer(Authorizer otherwise) {
        return routed.authorizer(otherwise);
    }

    /** The channels that messages can be sent over. */
    public Channels channels() {
        return channels;
    }

    /** Has messages prepared before they are read. */
    public void preparation(MessagePreparation other) {
        preparation = other;
    }

    /** What prepares messages before they are read, by a feature before the one that asks. */
    public MessagePreparation preparation() {
        return preparation;
    }

    /** The senders of all channels that features before this one have added. */
    public List<Sender> senders() {
        return channels.senders();
    }

    /** Adds a logic that clients can address. */
    public void logic(String name, Logic logic) {
        routed.logic(name, logic);
    }

    /** Runs around each logic that is added from now on. */
    public void aroundLogic(UnaryOperator<Logic> around) {
        routed.aroundLogic(around);
    }

    /** Runs around each request of the control plane, those of the console included. */
    public void aroundRequests(RequestFilter around) {
        aroundRequests = around;
    }

    Optional<RequestFilter> aroundRequests() {
        return Optional.ofNullable(aroundRequests);
    }

    /** Tells of clients that come and go. */
    public void clientListener(RouterListener listener) {
        routed.clientListener(listener);
    }

    /** Has the dispatcher tell this listener, too; before the feature that starts it. */
    public void dispatcherListener(DispatcherListener listener) {
        dispatcherListeners.add(listener);
    }

    /** Those that features before this one have added. */
    public List<DispatcherListener> dispatcherListeners() {
        return List.copyOf(dispatcherListeners);
    }

    /** Lets clients in by one more way, once the node opens. */
    public void endpoint(String name, Endpoint endpoint) {
        address(name, endpoint::address);
        whenOpening(() -> routed.attach(endpoint));
    }

    /** Adds routes to the control plane, with their part of the OpenAPI document. */
    public void api(Api api) {
        apis.add(api);
    }

    /** All of them; those that are not for maintenance are behind the gate. */
    List<Api> apis() {
        return apis.stream().map(drain.requests()::before).toList();
    }

    /** How many requests of the control plane were refused because of maintenance. */
    public long refusedRequests() {
        return drain.requests().refused();
    }

    /** Where something of this node can be reached, for its log and for tests; asked once the node is open. */
    public void address(String name, Supplier<URI> address) {
        addresses.put(name, address);
    }

    Map<String, Supplier<URI>> addresses() {
        return addresses;
    }

    /** Adds a component to the node's health. One that is DOWN makes the node not ready. */
    public void health(String component, Supplier<Health.Report> health) {
        this.health.add(component, health);
    }

    /** Whether no component is DOWN. Asked often, it looks at each at most once a second. */
    public boolean isWell() {
        return HealthBoard.worst(health.reports()) != Health.DOWN;
    }

    HealthBoard healthBoard() {
        return health;
    }

    /** Adds a member to the console's overview, for a caller of that role. It must be quick. */
    public void overview(String member, Function<Role, Object> value) {
        overview.put(member, value);
    }

    Map<String, Function<Role, Object>> overview() {
        return overview;
    }

    /** Adds a member to {@code GET /health}. It must be quick. */
    public void status(String member, Supplier<Object> value) {
        status.put(member, value);
    }

    Map<String, Supplier<Object>> status() {
        return status;
    }

    /** Closes it when the node stops, before what was added earlier. */
    public <T extends AutoCloseable> T closing(T part) {
        return closing.add(part);
    }

    /**
     * Removes what is too old from the database, from now on every ten minutes, as long as the node runs.
     *
     * @param what things, for the log
     * @param portion removes a small number of them, and says whether there may be more
     */
    public void removing(String what, BooleanSupplier portion) {
        closing(new PeriodicRemoval(what, portion)).start();
    }

    /** Runs when all features have started, in the order of the calls; the control plane opens after that. */
    public void whenOpening(Runnable action) {
        openings.add(action);
    }

    void open() {
        maintenance();
        openings.forEach(Runnable::run);
    }

    /** Runs when the node takes clients and requests, at the end of its start. */
    public void whenReady(Runnable action) {
        readies.add(action);
    }

    void ready() {
        readies.forEach(Runnable::run);
    }

    /** Runs once, at the begin of the node's stop. */
    public void whenStopping(Runnable action) {
        stoppings.add(action);
    }

    void stopping() {
        for (Runnable action = stoppings.poll(); action != null; action = stoppings.poll()) {
            action.run();
        }
    }

    /** Adds work that maintenance and a stop wait for. */
    public void drainable(Drainable drainable) {
        drain.maintenance().add(drainable);
    }

    /** How long what is under way may take to end in a drain. */
    public Duration drainDeadline() {
        return drain.deadline();
    }

    /** What drains this node, for maintenance and at its end. */
    public Maintenance maintenance() {
        return drain.maintenance();
    }

    /**
     * Sets how this node drains; by the feature that starts first.
     *
     * @param disconnects clients that are told to connect elsewhere, each second
     */
    public void drains(MaintenanceOptions options, int disconnects) {
        drain.set(options, disconnects);
    }

    /** How long requests of the control plane may be. */
    public ControlPlane.Bounds bounds() {
        return bounds;
    }

    void bounds(ControlPlane.Bounds others) {
        bounds = others;
    }
}
