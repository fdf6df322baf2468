package dev.signalbox.testing.simulator;

/**
 * What a simulated receiver of webhooks has counted since its start or last reset. Every request is in exactly one of
 * {@code accepted}, {@code duplicates}, {@code unsigned}, {@code gone} and {@code failed}.
 *
 * @param requests posts to any path
 * @param accepted webhooks taken, each once
 * @param duplicates repeats of a known {@code webhook-id}, answered like the first and not taken again
 * @param unsigned answered 400 or 401: a header is missing, or no signature holds
 * @param gone answered 410, since their path is one of those
 * @param failed answered 500 or 429, not taken
 * @param unanswered of those accepted or repeated, how many then met a hang or a cut
 */
public record WebhookSimulatorStats(
        long requests, long accepted, long duplicates, long unsigned, long gone, long failed, long unanswered) {}
