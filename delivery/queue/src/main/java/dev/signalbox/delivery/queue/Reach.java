package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a caller enqueues: a body for one recipient and the ordered chain of ways to reach them.
 *
 * @param id UUIDv7; also the stem of the idempotency key that providers see
 * @param steps 1 to 8
 * @param body the rendered text, frozen; at most 64 KiB in UTF-8
 * @param headers at most 32
 * @param dedupeKey a second reach with the same key is not enqueued; the first one's receipt is returned
 * @param priority 0 (first) to 9 (last)
 * @param at the earliest time of the first attempt; empty means now
 * @param expiresAt when it is no longer worth delivering; empty means never
 * @param maxAttempts the attempt budget of each step, 1 to 100
 */
public record Reach(
        UUID id,
        List<Step> steps,
        String body,
        Map<String, String> headers,
        Optional<String> dedupeKey,
        int priority,
        Optional<Instant> at,
        Optional<Instant> expiresAt,
        int maxAttempts) {}
