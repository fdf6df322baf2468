package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Dispatcher.DispatchState;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessagesTable;
import dev.signalbox.delivery.queue.RecurringMessages;
import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.SeedVariable;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.GatedDispatcher;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The durable queue: messages in over REST, and out over every channel that this feature and those before it in the list
 * have added. Hence the last of those that send.
 */
public final class DeliveryFeature implements Feature {
    private final Function<Node, DeliveryMetrics> metrics;

    public DeliveryFeature() {
        this(node -> new DeliveryMetrics(node.registry(), node.clock()));
    }

    /** With metrics of the caller's own. */
    public DeliveryFeature(Function<Node, DeliveryMetrics> metrics) {
        this.metrics = metrics;
    }

    @Override
    public String name() {
        return "delivery";
    }

    @Override
    public List<Key<?>> keys() {
        return DeliveryKeys.ALL;
    }

    @Override
    public List<SeedVariable> variables() {
        return DeliveryKeys.VARIABLES;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(
                new CommandEntry("send", SendCommand.class, () -> new SendCommand()),
                new CommandEntry("test-send", TestSendCommand.class, () -> new TestSendCommand()),
                new CommandEntry("import", ImportCommand.class, () -> new ImportCommand()),
                new CommandEntry("queue", QueueCommand.class, () -> new QueueCommand()),
                new CommandEntry("recurring", RecurringCommand.class, () -> new RecurringCommand()),
                new CommandEntry("batch", BatchCommand.class, () -> new BatchCommand()),
                new CommandEntry("check", CheckCommand.class, () -> checks(features)));
    }

    private static CommandLine checks(Features features) {
        return new CommandLine(new CheckCommand()).addSubcommand("history", new CheckHistory(features));
    }

    @Override
    public Part configure(Reading reading) {
        return new Configured(DeliverySettings.read(reading), metrics);
    }

    private record Configured(DeliverySettings settings, Function<Node, DeliveryMetrics> counting) implements Part {
        /** Not the feature's, which exists in commands that load no logging. */
        private static final Logger LOG = LoggerFactory.getLogger(DeliveryFeature.class);

        /** How late the message may come that tells of a completed batch. */
        private static final Duration BATCH_POLL = Duration.ofSeconds(1);

        private static final int BATCH_PORTION = 100;

        @Override
        public void start(Node node) {
            if (!node.channels().serves(Channel.LIVE)) {
                node.channels()
                        .add(new LiveChannel(
                                new LiveSender(node.router(), settings.liveTimeout(), settings.liveConcurrency())));
            }
            serveTopicsAndLogic(node);
            DeliveryMetrics metrics = counting.apply(node);
            GatedDispatcher dispatcher = node.closing(new GatedDispatcher(dispatcher(node, metrics)));
            node.dispatcher(dispatcher);
            node.whenOpening(dispatcher::start);
            BulkRequests bulks = new BulkRequests();
            node.drainable(bulks);
            node.drainable(new DispatcherDrain(dispatcher, node.drainDeadline()));
            node.health("dispatcher", () -> health(dispatcher));
            node.status("processing_status", () -> isRunning(dispatcher) ? "running" : "stopped");
            if (settings.messagesTable()) {
                takeInMessages(node);
            }
            new DeliveryOverview(node, dispatcher, metrics).add();
            node.api(new Api(
                    routes(node, dispatcher, metrics, bulks),
                    OpenApi.part(DeliveryFeature.class),
                    Map.of(DeliveryQueueException.class, "the queue's database")));
        }

        private void serveTopicsAndLogic(Node node) {
            node.channels().add(new TopicChannel(new TopicSender(node.router())));
            if (settings.logic().isEmpty()) {
                node.channels().missing(Channel.LOGIC.name(), DeliveryKeys.LOGIC_NAMES.path());
            } else {
                var sender = new LogicSender(node.router(), settings.logic(), settings.logicTimeout());
                node.channels().add(new LogicChannel(sender));
            }
        }

        private void takeInMessages(Node node) {
            MessagesTable table = node.closing(
                    MessagesTable.open(node.queue(), settings.dispatch().poll(), settings.maxAttempts()));
            node.whenOpening(table::start);
        }

        /** A journal that cannot be used makes a crash more expensive, but nothing wrong: so it stops no server. */
        private Dispatcher dispatcher(Node node, DeliveryMetrics metrics) {
            if (settings.journal().isPresent()) {
                try {
                    return builder(node, metrics)
                            .journal(settings.journal().get())
                            .build();
                } catch (DeliveryQueueException e) {
                    LOG.warn("No journal is kept: if this server is killed, everything that it held is in doubt", e);
                }
            }
            return builder(node, metrics).build();
        }

        private Dispatcher.Builder builder(Node node, DeliveryMetrics metrics) {
            var builder = Dispatcher.builder(node.queue())
                    .options(settings.dispatch())
                    .ownConnections()
                    .listener(metrics);
            node.dispatcherListeners().forEach(builder::listener);
            node.senders().forEach(builder::sender);
            return builder;
        }

        private List<Route> routes(Node node, Dispatcher dispatcher, DeliveryMetrics metrics, BulkRequests bulks) {
            var reader = new ReachReader(
                    node.channels(), settings.maxAttempts(), node.database().clock(), node.preparation());
            ShownBodies bodies = ShownBodies.of(node.settings().bodies());
            return Stream.of(
                            recurring(node, new RecurringReader(reader)).routes(),
                            new BatchRoutes(
                                            batches(node),
                                            reader,
                                            new StepReader(node.channels()),
                                            metrics,
                                            node.bounds())
                                    .routes(),
                            new MessagingRoutes(node.intake(), dispatcher, bodies).routes(),
                            new MessageRoutes(
                                            node.intake(),
                                            metrics,
                                            reader,
                                            node.bounds(),
                                            bulks,
                                            node.receipts(),
                                            bodies)
                                    .routes(),
                            new MessageActions(
                                            node.intake(),
                                            node.bounds(),
                                            node.database().clock())
                                    .routes(),
                            new LaneRoutes(node.intake(), node.bounds()).routes())
                    .flatMap(List::stream)
                    .toList();
        }

        private static RecurringRoutes recurring(Node node, RecurringReader reader) {
            RecurringMessages recurring = RecurringMessages.of(node.queue());
            var step = new RecurringStep(recurring, reader, node.database().clock());
            QueueLoop loop = node.closing(new QueueLoop("recurring messages", RecurringStep.POLL, step));
            node.whenOpening(loop::start);
            return new RecurringRoutes(recurring, reader, node.bounds());
        }

        private MessageBatches batches(Node node) {
            MessageBatches batches = MessageBatches.of(node.queue());
            QueueLoop loop = node.closing(new QueueLoop(
                    "batches", BATCH_POLL, () -> batches.tell(BATCH_PORTION) > 0 ? Duration.ZERO : BATCH_POLL));
            node.whenOpening(loop::start);
            settings.dispatch()
                    .retention()
                    .longest()
                    .ifPresent(kept -> node.removing("batches", () -> {
                        Instant before = node.database().clock().instant().minus(kept);
                        return batches.removeCompletedBefore(before, BATCH_PORTION) == BATCH_PORTION;
                    }));
            return batches;
        }

        @Override
        public List<Tables> tables() {
            return List.of(
                    new Tables("delivery", DeliveryQueue::migrations, DeliveryQueue::on),
                    new Tables("batches", MessageBatches::migrations, MessageBatches::migrate),
                    new Tables("receipts", DeliveryReceipts::migrations, DeliveryReceipts::on));
        }
    }

    private static boolean isRunning(Dispatcher dispatcher) {
        return dispatcher.state() == DispatchState.RUNNING;
    }

    private static Health.Report health(Dispatcher dispatcher) {
        Dispatcher.Health health = dispatcher.health();
        String problem = health.problem().orElse("");
        return switch (health.level()) {
            case UP -> Health.Report.WELL;
            case DEGRADED -> Health.Report.degraded(problem);
            case DOWN -> Health.Report.down(problem);
        };
    }
}
