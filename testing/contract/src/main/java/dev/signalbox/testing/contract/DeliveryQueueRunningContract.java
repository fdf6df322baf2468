package dev.signalbox.testing.contract;

import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Retry;
import dev.signalbox.delivery.queue.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** What parts of the contract share in which dispatchers work by themselves, on real time. */
abstract class DeliveryQueueRunningContract extends DeliveryQueueContract {
    static final Duration SOON = Duration.ofSeconds(20);
    static final DispatchOptions QUICK = DispatchOptions.DEFAULT
            .withRetry(new Retry(Duration.ofMillis(50), 1, Duration.ofMillis(50), 0, Duration.ofHours(1)))
            .withLease(Duration.ofSeconds(1))
            .withMargin(Duration.ofMillis(50));

    /** Where an attempt must not overrun its time, it has more than a busy machine can take from it. */
    final ScriptedSender sms = ScriptedSender.of(Channel.SMS).withTimeout(SOON);

    final ScriptedSender email = ScriptedSender.of(Channel.EMAIL).withTimeout(SOON);
    private DeliveryQueue live;

    @BeforeEach
    void openOnRealTime() {
        live = DeliveryQueue.on(database());
    }

    /** The queue on the database's clock. */
    final DeliveryQueue live() {
        return live;
    }

    /** Whose attempts are soon over their time. */
    static ScriptedSender hasty() {
        return ScriptedSender.of(Channel.SMS).withTimeout(Duration.ofMillis(300));
    }

    final Dispatcher started(DeliveryQueue on, DispatchOptions options, Sender... senders) {
        Dispatcher dispatcher = closing(Dispatcher.builder(on)
                .senders(List.of(senders))
                .options(options)
                .build());
        dispatcher.start();
        return dispatcher;
    }

    final List<UUID> enqueueMany(int count) {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reaches.add(sms().build());
        }
        return live.enqueueAll(reaches).stream().map(DeliveryQueue.Receipt::id).toList();
    }

    final MessageState state(UUID id) {
        return live.find(id).orElseThrow().state();
    }

    final void awaitState(UUID id, MessageState state) {
        await().atMost(SOON).until(() -> state(id) == state);
    }

    final void awaitSent(long count) {
        await().atMost(SOON).until(() -> live.counts().byState().getOrDefault(MessageState.SENT, 0L) == count);
    }
}
