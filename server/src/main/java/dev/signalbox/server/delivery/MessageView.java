package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.DeliveryReceipt;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.server.configuration.DurationText;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A message as the API shows it. */
record MessageView(
        UUID id,
        MessageState state,
        List<StepView> reach,
        String body,
        Optional<String> bodyWithheld,
        Map<String, String> headers,
        Optional<String> dedupeKey,
        Optional<String> dedupeWindow,
        Set<String> tags,
        Map<String, String> metadata,
        Optional<String> timeZone,
        Optional<String> quietHours,
        int priority,
        Optional<Instant> at,
        Optional<Instant> expiresAt,
        int maxAttempts,
        Optional<String> traceparent,
        Instant acceptedAt,
        Optional<Instant> nextAttemptAt,
        List<AttemptView> attempts,
        Optional<List<ReceiptView>> receipts) {

    record StepView(String to, Optional<String> within) {}

    record AttemptView(
            int attempt,
            int step,
            String to,
            MessageState state,
            String result,
            Optional<String> providerId,
            Optional<String> error,
            Instant at,
            long durationMillis,
            Optional<String> actor,
            Optional<String> note) {}

    record ReceiptView(int step, String providerId, String status, Optional<String> code, Instant at) {}

    /** As it stands in a list. */
    static MessageView of(Status status, ShownBodies bodies) {
        return of(status, bodies, Optional.empty());
    }

    /** By itself, with what providers told of it afterwards. */
    static MessageView of(Status status, ShownBodies bodies, List<DeliveryReceipt> receipts) {
        return of(status, bodies, Optional.of(receipts));
    }

    private static MessageView of(Status status, ShownBodies bodies, Optional<List<DeliveryReceipt>> receipts) {
        Reach reach = status.reach();
        return new MessageView(
                reach.id(),
                status.state(),
                reach.steps().stream().map(MessageView::step).toList(),
                bodies.of(reach),
                bodies.withheld(reach),
                reach.headers(),
                reach.dedupeKey(),
                reach.dedupeWindow().map(DurationText::format),
                reach.labels().tags(),
                reach.labels().metadata(),
                reach.recipientTime().timeZone().map(ZoneId::getId),
                reach.recipientTime().quietHours().map(QuietHours::toString),
                reach.priority(),
                reach.at(),
                reach.expiresAt(),
                reach.maxAttempts(),
                reach.traceparent(),
                status.acceptedAt(),
                status.nextAttemptAt(),
                status.attempts().stream().map(MessageView::attempt).toList(),
                receipts.map(all -> all.stream().map(MessageView::receipt).toList()));
    }

    private static ReceiptView receipt(DeliveryReceipt receipt) {
        return new ReceiptView(
                receipt.step(), receipt.providerId(), receipt.status().name(), receipt.code(), receipt.at());
    }

    private static StepView step(Step step) {
        return new StepView(step.channel() + ":" + step.address(), step.within().map(DurationText::format));
    }

    private static AttemptView attempt(Attempt attempt) {
        return new AttemptView(
                attempt.attempt(),
                attempt.step(),
                attempt.channel() + ":" + attempt.address(),
                attempt.state(),
                attempt.result(),
                attempt.providerId(),
                attempt.error(),
                attempt.at(),
                attempt.durationMillis(),
                attempt.remark().actor(),
                attempt.remark().note());
    }
}
