package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.server.configuration.DurationText;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A message as the API shows it. */
record MessageView(
        UUID id,
        State state,
        List<StepView> reach,
        String body,
        Map<String, String> headers,
        Optional<String> dedupeKey,
        int priority,
        Optional<Instant> at,
        Optional<Instant> expiresAt,
        int maxAttempts,
        Instant acceptedAt,
        Optional<Instant> nextAttemptAt,
        List<AttemptView> attempts) {

    record StepView(String to, Optional<String> within) {}

    record AttemptView(
            int attempt,
            int step,
            String to,
            State state,
            String result,
            Optional<String> providerId,
            Optional<String> error,
            Instant at,
            long durationMillis,
            Optional<String> actor,
            Optional<String> note) {}

    static MessageView of(Status status) {
        Reach reach = status.reach();
        return new MessageView(
                reach.id(),
                status.state(),
                reach.steps().stream().map(MessageView::step).toList(),
                reach.body(),
                reach.headers(),
                reach.dedupeKey(),
                reach.priority(),
                reach.at(),
                reach.expiresAt(),
                reach.maxAttempts(),
                status.acceptedAt(),
                status.nextAttemptAt(),
                status.attempts().stream().map(MessageView::attempt).toList());
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
