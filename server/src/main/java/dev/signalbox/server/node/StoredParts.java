package dev.signalbox.server.node;

import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.server.configuration.FailureText;
import org.jspecify.annotations.Nullable;

/** A node's database and what is in it, each opened when it is first asked for. Confined to the thread that starts the server. */
final class StoredParts {
    private final Node node;
    private final Closing closing;
    private @Nullable Database database;
    private @Nullable DeliveryQueue queue;
    private @Nullable DeliveryQueue intake;
    private @Nullable DeliveryReceipts receipts;

    StoredParts(Node node, Closing closing) {
        this.node = node;
        this.closing = closing;
    }

    Database database() {
        if (database == null) {
            Database opened = closing.add(Startup.openDatabase(node.settings().database()));
            node.health(
                    "database",
                    () -> opened.health()
                            .map(problem -> Health.Report.down(FailureText.of(problem)))
                            .orElse(Health.Report.WELL));
            node.whenOpening(() -> DatabaseMetrics.bind(opened, node.registry()));
            database = opened;
        }
        return database;
    }

    DeliveryQueue queue() {
        if (queue == null) {
            queue = DeliveryQueue.on(database(), node.settings().bodies());
        }
        return queue;
    }

    DeliveryReceipts receipts() {
        if (receipts == null) {
            var _ = queue();
            receipts = DeliveryReceipts.on(database());
        }
        return receipts;
    }

    DeliveryQueue intake() {
        return intake == null ? queue() : intake;
    }

    void intake(DeliveryQueue other) {
        intake = other;
    }
}
